import { randomBytes } from "node:crypto";
import { request } from "node:http";
import { buffer } from "node:stream/consumers";
import { fromHex, parseNetworkId, tipHourView, type TipHourView, tipOfficerDocument } from "@comity/protocol";
import { page } from "@comity/protocol";
import {
  type KnownNetwork,
  type LedgerHour,
  sealTip,
  type TipCertificate,
  decodeCertificate,
  type TipHour,
  validateHour,
} from "@comity/tip";
import { comity } from "./cli.ts";
import { eventually } from "./eventually.ts";
import type { TestCoalition } from "./testCoalition.ts";

/** Case officers of the first three members, made as their members make them. May be repeated. */
export async function appointOfficers({ coalition, memberIds }: TestCoalition): Promise<void> {
  for (const member of memberIds.slice(0, 3)) {
    const { code, stderr } = await comity(
      "tip",
      "officer",
      "--member",
      member,
      "--data-dir",
      coalition.layout.root,
    );
    if (code !== 0) throw new Error(stderr);
  }
}

export function networkOf({ coalition, genesis }: TestCoalition): KnownNetwork {
  return { networkId: parseNetworkId(coalition.network.genesis), genesis };
}

/** A cell for the officers whom the ledger names. */
export async function cellFor(test: TestCoalition, text: string): Promise<Uint8Array> {
  const ledger = test.coalition.ledger(test.memberId(1), "officer");
  const answer = await ledger.evaluate("bounty:ListOfficers", "100", "");
  const { items } = page(tipOfficerDocument)(JSON.parse(Buffer.from(answer).toString()));
  const officers = items.map(({ memberId, sealingKey }) => ({ memberId, sealingKey: fromHex(sealingKey) }));
  const { networkId } = networkOf(test);
  return sealTip({ networkId, officers: officers.slice(0, 3), text, random: randomBytes });
}

export interface Posted {
  readonly status: number;
  readonly body: Buffer;
}

/** Posts with headers, and from an address, of one's choice. */
export async function postAs(
  url: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
  localAddress = "127.0.0.1",
): Promise<Posted> {
  return new Promise((resolve, reject) => {
    const all = { ...headers, "content-length": body.length };
    const sent = request(url, { method: "POST", headers: all, localAddress }, (response) => {
      buffer(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: answer }), reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

export function post({ coalition }: TestCoalition, cell: Uint8Array): Promise<Posted> {
  return postAs(`${coalition.gatewayUrl}/v1/tips`, cell, { "content-type": "application/octet-stream" });
}

/** What the ledger has of an hour of the gateway, as soon as it has a root. */
export function rootOf(test: TestCoalition, tipHour: number): Promise<TipHourView> {
  const ledger = test.coalition.ledger(test.memberId(2), "officer");
  return eventually(`the root of hour ${tipHour}`, async () => {
    const answer = await ledger.evaluate("bounty:ReadHour", test.memberId(1), String(tipHour));
    const view = tipHourView(JSON.parse(Buffer.from(answer).toString()));
    return view.root === null ? undefined : view;
  });
}

export async function publishedHour(
  { coalition }: TestCoalition,
  tipHour: number,
): Promise<{ list: TipHour; ledger: LedgerHour }> {
  const answer = await fetch(`${coalition.gatewayUrl}/v1/tips/hours/${tipHour}`);
  const { list, ledger } = (await answer.json()) as { list: unknown; ledger: LedgerHour };
  return { list: validateHour(list), ledger };
}

export function certificateOf(
  { coalition }: TestCoalition,
  cellHash: string,
  timeoutMs?: number,
): Promise<TipCertificate> {
  return eventually(
    `a certificate of ${cellHash}`,
    async () => {
      const answer = await fetch(`${coalition.gatewayUrl}/v1/tips/${cellHash}/certificate`);
      return answer.status === 200
        ? decodeCertificate(new Uint8Array(await answer.arrayBuffer()))
        : undefined;
    },
    timeoutMs,
  );
}
