import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { encodeCanonical, parseMemberId, sha256, toHex, u64 } from "@comity/protocol";
import { cellHashOf, createSealingKey, hourLeaves, sealTip, storedBytes } from "@comity/tip";
import { networkId } from "./example.ts";

export const TIP_HOUR = 490_000;

/** A node that keeps tips in memory and answers as the real one does. */
export class FakeTipNode {
  readonly cells: Uint8Array[] = [];
  /** What it answers to everything, instead. */
  refusal: { readonly status: number; readonly code: string } | undefined;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request.method ?? "", request.url ?? "", buffer(request)).then(({ status, body }) =>
        response.writeHead(status).end(body),
      );
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(
    method: string,
    url: string,
    sent: Promise<Buffer>,
  ): Promise<{ status: number; body: Uint8Array }> {
    const body = new Uint8Array(await sent);
    const { refusal } = this;
    if (refusal) return { status: refusal.status, body: encodeCanonical({ code: refusal.code }) };
    if (method === "POST") {
      this.cells.push(body);
      return { status: 200, body: encodeCanonical({ cellHash: cellHashOf(body), tipHour: TIP_HOUR }) };
    }
    const document = url.includes("tip-hours") ? this.hour() : this.certificate(url.split("/")[3] ?? "");
    return { status: 200, body: encodeCanonical(document) };
  }

  hour() {
    const leaves = hourLeaves(networkId, this.cells.map(cellHashOf), (n) => sha256(u64(n)));
    return {
      type: "comity/v1/tip-hour",
      networkId,
      memberId: parseMemberId("aa"),
      tipHour: TIP_HOUR,
      leaves,
    };
  }

  certificate(cellHash: string) {
    const { privateKey } = generateKeyPairSync("ed25519");
    const signature = toHex(sign(null, storedBytes(networkId, { cellHash, tipHour: TIP_HOUR }), privateKey));
    const signatures = [{ index: 1, signature }];
    return { type: "comity/v1/tip-certificate", networkId, cellHash, tipHour: TIP_HOUR, signatures };
  }
}

let officers: Promise<{ memberId: string; sealingKey: Uint8Array }[]> | undefined;

/** A cell like any other; nobody here opens it. */
export async function cellOf(text: string, network = networkId): Promise<Uint8Array> {
  officers ??= Promise.all(
    ["aa", "bb", "cc"].map(async (memberId) => ({ memberId, ...(await createSealingKey(randomBytes)) })),
  );
  return sealTip({ networkId: network, officers: await officers, text, random: randomBytes });
}
