import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Decoded,
  fromHex,
  hex,
  literal,
  object,
  parseNetworkId,
  text,
  tipHourView,
} from "@comity/protocol";
import { cellHashOf, judgeGateway, sealTip, type TipReceipt } from "@comity/tip";
import { CliError } from "../cliError.ts";
import {
  approveOpening,
  type CaseOfficer,
  readSealingSecret,
  readTip,
  registerOfficer,
  requestOpening,
} from "../tip/caseOfficer.ts";
import {
  leaveTip,
  meetGateway,
  readHolders,
  readHour,
  readOfficers,
  type TipNetwork,
} from "../tip/tipGateway.ts";
import { fetchCell } from "../tip/tipNode.ts";
import { type Stage, waitFor } from "./stage.ts";

export const tipResult = object({
  id: hex(32),
  status: literal("opened"),
  /** Absolute path. */
  receipt: text(4096),
});
export type TipResult = Decoded<typeof tipResult>;

const words =
  "The accelerators in hall 3 of the quarry have trained every night since spring. No notice was ever filed. I have seen the job logs.";
const certificateTimeoutMs = 30_000;
/** An hour of ten seconds, and the filing of its root. */
const rootTimeoutMs = 60_000;

/** A tip is sealed for three officers, sent, stored by several members, found on the ledger, and opened by two officers. */
export async function playTip(stage: Stage): Promise<TipResult> {
  const { coalition, deps } = stage;
  const officers = await appointOfficers(stage);
  const network = await meetGateway(coalition.gatewayUrl, coalition.network.genesis);
  const { receipt, file } = await send(stage, network);
  const holders = await waitFor(
    stage,
    certificateTimeoutMs,
    "too few members hold the tip",
    async () => (await readHolders(network, receipt))?.holders,
  );
  deps.say(
    `Somebody sends a sealed tip. ${holders.map(nameIn(coalition)).join(", ")} store it; no single member can read it or bury it.`,
  );
  await awaitKept(stage, network, receipt);
  deps.say("The hour's root is on the ledger, and the receipt proves that the gateway kept the tip.");
  await open(stage, officers, receipt);
  return { id: receipt.cellHash, status: "opened", receipt: file };
}

/** Case officers of the first three members. */
async function appointOfficers({ coalition }: Stage): Promise<CaseOfficer[]> {
  const { layout, network } = coalition;
  const officers: CaseOfficer[] = [];
  for (const { memberId } of network.members.slice(0, 3)) {
    const ledger = coalition.ledger(memberId, "officer");
    await registerOfficer(layout, parseNetworkId(network.genesis), { memberId, ledger });
    officers.push({ memberId, ledger, secret: readSealingSecret(layout, memberId) });
  }
  return officers;
}

async function send(
  { coalition }: Stage,
  network: TipNetwork,
): Promise<{ receipt: TipReceipt; file: string }> {
  const known = await readOfficers(network);
  const officers = known
    .slice(0, 3)
    .map(({ memberId, sealingKey }) => ({ memberId, sealingKey: fromHex(sealingKey) }));
  const cell = await sealTip({ networkId: network.networkId, officers, text: words, random: randomBytes });
  const { receipt, bytes } = await leaveTip(network, cell, cellHashOf(cell));
  const file = join(coalition.layout.root, `tip-${receipt.cellHash.slice(0, 12)}.receipt.json`);
  writeFileSync(file, bytes, { mode: 0o600 });
  return { receipt, file };
}

async function awaitKept(stage: Stage, network: TipNetwork, receipt: TipReceipt): Promise<void> {
  const [first] = stage.coalition.network.members;
  const ledger = stage.coalition.ledger(first?.memberId ?? "", "officer");
  await waitFor(stage, rootTimeoutMs, "the root of the tip's hour is not on the ledger", async () => {
    const answer = await ledger.evaluate("bounty:ReadHour", receipt.memberId, String(receipt.tipHour));
    const view = tipHourView(JSON.parse(Buffer.from(answer).toString()));
    if (view.root === null) return undefined;
    const hour = await readHour(network, receipt.tipHour);
    const verdict = judgeGateway(receipt, view, hour?.list);
    if (verdict === "kept") return true;
    throw new CliError(
      "STORY_STEP",
      `The gateway did not keep the tip that it gave a receipt for: ${verdict}.`,
    );
  });
}

/** The second officer asks, the third approves, the second reads. */
async function open(
  { coalition, deps }: Stage,
  officers: readonly CaseOfficer[],
  { cellHash }: TipReceipt,
): Promise<void> {
  const [, asking, approving] = officers;
  if (asking === undefined || approving === undefined)
    throw new TypeError("a coalition has three members and more");
  const nodeOf = (id: string) => coalition.network.members.find(({ memberId }) => memberId === id);
  const cell = await fetchCell(nodeOf(asking.memberId)?.ports.tips ?? 0, cellHash);
  const asked = await requestOpening(asking, cellHash, "A tip came in the days of an alert.");
  const reason = "It may be about the site of the alert.";
  const approved = await approveOpening(approving, asked, { cell, reason });
  const read = await readTip(asking, approved, cell);
  if (read.text !== words) throw new CliError("STORY_STEP", "The tip does not say what was sealed.");
  deps.say(
    `Two officers, of ${nameIn(coalition)(asking.memberId)} and ${nameIn(coalition)(approving.memberId)}, open the tip together; that they did is on the ledger.`,
  );
}

function nameIn({ network }: Stage["coalition"]): (memberId: string) => string {
  return (memberId) => network.members.find((member) => member.memberId === memberId)?.name ?? memberId;
}
