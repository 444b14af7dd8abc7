import { consoleUrl } from "../coalition/processes.ts";

/** What a node's console says, as far as `comity status` reads it; unknown keys are left alone. */
export interface NodeStatus {
  readonly isReady: boolean;
  readonly ledgerHeight: string;
  readonly keyEpoch: number;
  /** What it lacks, a sentence each. */
  readonly missing: readonly string[];
}

export interface OpenProposal {
  readonly digest: string;
  readonly subject: string;
  readonly signed: readonly string[];
  readonly refused: readonly string[];
  readonly missing: readonly string[];
  /** The node's own sentence. */
  readonly why: string;
}

type Fields = Readonly<Record<string, unknown>>;

const timeoutMs = 3_000;

/** Undefined where nobody answers. */
export async function readStatus(port: number): Promise<NodeStatus | undefined> {
  const answer = await get(port, "/v1/status");
  if (answer === undefined) return undefined;
  const { ready, ledgerHeight, keyEpoch, missing } = answer;
  return {
    isReady: ready === true,
    ledgerHeight: textOf(ledgerHeight),
    keyEpoch: typeof keyEpoch === "number" ? keyEpoch : 0,
    missing: objects(missing).map(({ why }) => textOf(why)),
  };
}

export async function readProposals(port: number): Promise<OpenProposal[]> {
  const answer = await get(port, "/v1/proposals");
  return objects(answer?.["proposals"]).map((proposal) => {
    const [subject = {}] = objects([proposal["subject"]]);
    return {
      digest: textOf(proposal["digest"]),
      subject: `${textOf(subject["operatorId"])}, ${textOf(subject["siteId"])}`,
      signed: texts(proposal["signed"]),
      refused: objects(proposal["refused"]).map(
        ({ memberId, reason }) => `${textOf(memberId)} (${textOf(reason)})`,
      ),
      missing: texts(proposal["missing"]),
      why: textOf(proposal["why"]),
    };
  });
}

async function get(port: number, path: string): Promise<Fields | undefined> {
  try {
    const response = await fetch(`${consoleUrl(port)}${path}`, { signal: AbortSignal.timeout(timeoutMs) });
    const [answer] = objects([await response.json()]);
    return response.ok ? answer : undefined;
  } catch {
    return undefined;
  }
}

function objects(value: unknown): Fields[] {
  const items: unknown[] = Array.isArray(value) ? value : [];
  return items.filter(
    (item): item is Fields => typeof item === "object" && item !== null && !Array.isArray(item),
  );
}

function texts(value: unknown): string[] {
  const items: unknown[] = Array.isArray(value) ? value : [];
  return items.filter((item) => typeof item === "string");
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
