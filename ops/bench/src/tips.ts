import { randomBytes } from "node:crypto";
import type { Coalition } from "@comity/cli";
import { fromHex, page, parseNetworkId, tipOfficerDocument } from "@comity/protocol";
import { sealTip } from "@comity/tip";

const tips = 100;

/** Milliseconds from a tip's first byte to its receipt, one after the other: it is on the member's disk then. */
export async function tipLatencies(coalition: Coalition): Promise<number[]> {
  const cells = await sealAll(coalition);
  const latencies: number[] = [];
  for (const body of cells) {
    const started = performance.now();
    const answer = await fetch(`${coalition.gatewayUrl}/v1/tips`, {
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body,
    });
    await answer.arrayBuffer();
    latencies.push(performance.now() - started);
    if (answer.status !== 200) throw new Error(`a tip was answered with ${answer.status}`);
  }
  return latencies;
}

async function sealAll(coalition: Coalition): Promise<Uint8Array<ArrayBuffer>[]> {
  const { network } = coalition;
  const [first] = network.members;
  if (first === undefined) throw new TypeError("a coalition has members");
  const answer = await coalition.ledger(first.memberId, "officer").evaluate("bounty:ListOfficers", "100", "");
  const { items } = page(tipOfficerDocument)(JSON.parse(Buffer.from(answer).toString()));
  const officers = items
    .slice(0, 3)
    .map(({ memberId, sealingKey }) => ({ memberId, sealingKey: fromHex(sealingKey) }));
  const networkId = parseNetworkId(network.genesis);
  const seal = (_: unknown, number: number): Promise<Uint8Array> =>
    sealTip({ networkId, officers, text: `tip ${number} of a bench`, random: randomBytes });
  return Promise.all(Array.from({ length: tips }, seal).map(async (cell) => new Uint8Array(await cell)));
}
