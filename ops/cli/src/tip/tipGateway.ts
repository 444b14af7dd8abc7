import {
  decodeGenesis,
  DomainError,
  type Genesis,
  genesisId,
  list,
  MAX_MEMBERS,
  type NetworkId,
  object,
  tipHourView,
  type TipOfficerRequest,
  tipOfficerRequest,
  verifyTipOfficer,
} from "@comity/protocol";
import {
  decodeCertificate,
  decodeReceipt,
  type LedgerHour,
  type TipCertificate,
  type TipHour,
  type TipReceipt,
  validateHour,
  verifyCertificate,
  verifyReceipt,
} from "@comity/tip";
import { CliError } from "../cliError.ts";

/** A gateway, and the network that a sender means. Nothing that the gateway says is believed unless a member of that network signed it. */
export interface TipNetwork {
  readonly gateway: string;
  readonly networkId: NetworkId;
  readonly genesis: Genesis;
}

const timeoutMs = 10_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

/** The network of a fingerprint, by a genesis record that the gateway gives and that must have this hash. */
export async function meetGateway(gateway: string, fingerprint: string): Promise<TipNetwork> {
  const { status, body } = await ask(gateway, "/v1/genesis");
  if (status !== 200 || genesisId(body) !== fingerprint) {
    throw new CliError(
      "TIP_GATEWAY",
      `${gateway} is no gateway of the network ${fingerprint.slice(0, 12)}…: its genesis record has another hash. Send nothing to it.`,
    );
  }
  return { gateway, networkId: genesisId(body), genesis: decodeGenesis(body) };
}

/** The case officers whose members vouch for their keys; a key without its member's signature ends everything. */
export async function readOfficers({
  gateway,
  networkId,
  genesis,
}: TipNetwork): Promise<readonly TipOfficerRequest[]> {
  const answer = json(await succeed(gateway, "/v1/tips/officers"));
  const { items } = object({ items: list(tipOfficerRequest, MAX_MEMBERS) })(answer);
  for (const officer of items) {
    const identityKey = genesis.members.find(({ memberId }) => memberId === officer.memberId)?.identityKey;
    if (identityKey !== undefined && verifyTipOfficer(officer, { networkId, identityKey })) continue;
    throw new CliError(
      "TIP_GATEWAY",
      `${gateway} gives a key for ${officer.memberId} that this member did not sign. Somebody wants to read what you seal: send nothing.`,
    );
  }
  return items;
}

/** Leaves a cell; the receipt has been verified, and its bytes are what to keep. */
export async function leaveTip(
  network: TipNetwork,
  cell: Uint8Array,
  cellHash: string,
): Promise<{ receipt: TipReceipt; bytes: Uint8Array }> {
  const headers = { "content-type": "application/octet-stream" };
  const bytes = await succeed(network.gateway, "/v1/tips", {
    method: "POST",
    headers,
    body: Buffer.from(cell),
  });
  const receipt = decodeReceipt(bytes);
  verifyReceipt(receipt, network);
  if (receipt.cellHash === cellHash) return { receipt, bytes };
  throw new CliError(
    "TIP_GATEWAY",
    `${network.gateway} gives a receipt for another tip. Send it to another gateway.`,
  );
}

/** Who holds a tip by a certificate that verifies; undefined where there is none yet. */
export async function readHolders(
  network: TipNetwork,
  { cellHash, tipHour }: Pick<TipReceipt, "cellHash" | "tipHour">,
): Promise<{ holders: string[]; certificate: TipCertificate } | undefined> {
  const { status, body } = await ask(network.gateway, `/v1/tips/${cellHash}/certificate`);
  if (status !== 200) return undefined;
  const certificate = decodeCertificate(body);
  if (certificate.cellHash !== cellHash || certificate.tipHour !== tipHour) return undefined;
  return { holders: verifyCertificate(certificate, network), certificate };
}

/** An hour as the gateway publishes it, and what it says that the ledger has; undefined where it publishes none. */
export async function readHour(
  { gateway }: TipNetwork,
  tipHour: number,
): Promise<{ list: TipHour; ledger: LedgerHour } | undefined> {
  const { status, body } = await ask(gateway, `/v1/tips/hours/${tipHour}`);
  if (status !== 200) return undefined;
  const answer = json(body) as { list?: unknown; ledger?: object };
  const list = validateHour(answer.list);
  const { root, closed } = tipHourView({ memberId: list.memberId, tipHour, ...answer.ledger });
  return { list, ledger: { root, closed } };
}

async function succeed(gateway: string, path: string, init: RequestInit = {}): Promise<Uint8Array> {
  const { status, body } = await ask(gateway, path, init);
  if (status === 200) return body;
  const { detail } = (status < 600 ? json(body) : {}) as { detail?: unknown };
  const why = typeof detail === "string" ? detail : `it answers with status ${status}.`;
  throw new CliError("TIP_REFUSED", `${gateway} refuses: ${why}`);
}

async function ask(
  gateway: string,
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; body: Uint8Array }> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(gateway + path, { ...init, redirect: "error", signal });
    const body = new Uint8Array(await response.arrayBuffer());
    if (body.length > MAX_ANSWER_BYTES) throw new RangeError("the answer is too long");
    return { status: response.status, body };
  } catch (cause) {
    throw new CliError("NETWORK_UNREACHABLE", `${gateway} does not answer. Try again, or another gateway.`, {
      cause,
    });
  }
}

function json(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch (cause) {
    if (cause instanceof DomainError) throw cause;
    throw new CliError("TIP_GATEWAY", "The gateway gave an answer that cannot be read.", { cause });
  }
}
