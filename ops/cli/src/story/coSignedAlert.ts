import { readAll } from "@comity/ledger";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as blst from "@chainsafe/blst";
import {
  type AlertDocument,
  alertDocument,
  blstBls,
  verifyBundle,
  type VerifiedBundle,
} from "@comity/protocol";
import { CliError } from "../cliError.ts";
import { storySites } from "./sites.ts";
import { type Stage, waitFor } from "./stage.ts";

const alertTimeoutMsPerMember = 25_000;
const bundleTimeoutMs = 60_000;

export function readAlerts({ coalition }: Stage): Promise<AlertDocument[]> {
  const [first] = coalition.network.members;
  return readAll(coalition.ledger(first?.memberId ?? "", "officer"), "alert:List", alertDocument);
}

/** Waits until an alert about the undeclared site is on the ledger, which takes it only with a valid group signature. */
export async function awaitAlert(stage: Stage): Promise<AlertDocument> {
  const undeclared = storySites.find(({ isDeclared }) => !isDeclared);
  const timeoutMs = stage.genesis.members.length * alertTimeoutMsPerMember;
  return waitFor(stage, timeoutMs, "no alert about the undeclared site is on the ledger", async () => {
    const alerts = await readAlerts(stage);
    return alerts.find(({ statement }) => statement.subject.siteId === undeclared?.siteId);
  });
}

/** Fetches the bundle as anybody would, from the gateway, and believes nothing in it that does not verify. */
export async function fetchBundle(
  stage: Stage,
  { alertId }: AlertDocument,
): Promise<{ file: string; verified: VerifiedBundle }> {
  const { coalition } = stage;
  const url = `${coalition.gatewayUrl}/v1/alerts/${alertId}/bundle`;
  const bytes = await waitFor(stage, bundleTimeoutMs, `the gateway has no bundle of alert ${alertId}`, () =>
    get(url),
  );
  const file = join(coalition.layout.root, `alert-${alertId}.comity.json`);
  writeFileSync(file, bytes);
  const verified = verifyBundle(bytes, {
    genesis: coalition.network.genesis,
    bls: blstBls(blst),
  });
  return { file, verified };
}

/** Undefined where the bundle did not come: on a busy machine the gateway's nodes may need longer, so it is asked again. */
async function get(url: string): Promise<Uint8Array | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return response.status === 200 ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** Nobody else may be accused. */
export function assertNobodyElse(alerts: readonly AlertDocument[]): void {
  const declared = storySites.filter(({ isDeclared }) => isDeclared).map(({ siteId }) => siteId);
  const wronged = alerts.find(({ statement }) => declared.includes(statement.subject.siteId));
  if (wronged === undefined) return;
  throw new CliError(
    "STORY_STEP",
    `An alert accuses ${wronged.statement.subject.siteId}, which declared its run.`,
  );
}
