import { createPrivateKey, randomBytes, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import {
  canonicalString,
  parseMemberId,
  parseNetworkId,
  sha256,
  tipOfficerBytes,
  type TipOfficerRequest,
  toHex,
  u64,
} from "@comity/protocol";
import {
  cellHashOf,
  createSealingKey,
  hourLeaves,
  hourRoot,
  receiptBytes,
  type SealingKeyPair,
  storedBytes,
  type TipReceipt,
} from "@comity/tip";
import { createNetwork } from "../../src/coalition/createNetwork.ts";
import { Layout } from "../../src/coalition/layout.ts";
import { gatewayReceiptKey, signAsMember } from "../../src/coalition/memberIdentity.ts";
import { type Network, readNetwork } from "../../src/coalition/networkFile.ts";

export const TIP_HOUR = 490_000;
const clock = { scale: 86_400, scaledMs: 180_000, bucketMs: 300_000 };

/** A gateway of a coalition that has keys and no processes; a test makes it lie by changing what it answers. */
export class FakeGateway {
  readonly layout: Layout;
  readonly network: Network;
  readonly secrets = new Map<string, SealingKeyPair>();
  readonly cells: Uint8Array[] = [];
  officers: TipOfficerRequest[] = [];
  /** What the ledger has of the hour, as the gateway says. */
  ledger: { root: string | null; closed: boolean } = { root: null, closed: false };
  /** Leaves out these cells when it lists the hour. */
  readonly dropped = new Set<string>();
  /** Cells of which it gives no list at all. */
  publishes = true;
  /** Whose signatures its certificates carry. */
  holders: readonly number[] = [1, 3];
  receiptFor: (cellHash: string) => string = (cellHash) => cellHash;
  readonly #server: Server;

  private constructor(layout: Layout) {
    this.layout = layout;
    this.network = readNetwork(layout);
    this.#server = createServer((request, response) => {
      void buffer(request).then((body) => {
        const answer = this.#answer(request.method ?? "", request.url ?? "", new Uint8Array(body));
        response.writeHead(answer === undefined ? 404 : 200).end(answer ?? "{}");
      });
    });
  }

  /** A coalition for any number of gateways, one after the other. */
  static async found(directory: string): Promise<Layout> {
    const layout = new Layout(directory);
    await createNetwork(layout, { members: 4, clock }, () => 1_760_000_000_000);
    return layout;
  }

  static async start(layout: Layout): Promise<FakeGateway> {
    const gateway = new FakeGateway(layout);
    for (const id of ["xa", "xb", "xc"]) await gateway.#appoint(id);
    await new Promise<void>((resolve) => gateway.#server.listen(0, "127.0.0.1", resolve));
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get networkId() {
    return parseNetworkId(this.network.genesis);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  hour() {
    const cellHashes = this.cells.map(cellHashOf).filter((cellHash) => !this.dropped.has(cellHash));
    const leaves = hourLeaves(this.networkId, cellHashes, (n) => sha256(u64(n)));
    return {
      type: "comity/v1/tip-hour",
      networkId: this.networkId,
      memberId: "xa",
      tipHour: TIP_HOUR,
      leaves,
    };
  }

  /** Puts the root of what it lists on the ledger. */
  fileRoot(): void {
    this.ledger = { root: hourRoot(this.hour().leaves), closed: false };
  }

  async #appoint(id: string): Promise<void> {
    const pair = await createSealingKey(randomBytes);
    const officer = { memberId: parseMemberId(id), sealingKey: toHex(pair.sealingKey) };
    const signature = signAsMember(this.layout, id, tipOfficerBytes(this.networkId, officer));
    this.officers.push({ ...officer, signature });
    this.secrets.set(id, pair);
  }

  #answer(method: string, url: string, body: Uint8Array): string | Buffer | undefined {
    if (url === "/v1/genesis") return readFileSync(this.layout.genesisFile);
    if (url === "/v1/tips/officers") return JSON.stringify({ items: this.officers });
    if (method === "POST") return this.#take(body);
    if (url.startsWith("/v1/tips/hours/"))
      return this.publishes ? canonicalString({ list: this.hour(), ledger: this.ledger }) : undefined;
    return this.holders.length === 0 ? undefined : this.#certificate(url.split("/")[3] ?? "");
  }

  #take(cell: Uint8Array): string {
    this.cells.push(cell);
    return canonicalString(this.receipt(this.receiptFor(cellHashOf(cell))));
  }

  receipt(cellHash: string): TipReceipt {
    const { networkId, layout } = this;
    const { receiptKeyFile, keySignature } = gatewayReceiptKey(layout, networkId, "xa");
    const place = { cellHash, tipHour: TIP_HOUR };
    const key = createPrivateKey(readFileSync(receiptKeyFile));
    const der = key.export({ format: "jwk" }) as { x: string };
    return {
      type: "comity/v1/tip-receipt",
      ...{ networkId, memberId: parseMemberId("xa"), ...place },
      receiptKey: Buffer.from(der.x, "base64url").toString("hex"),
      keySignature,
      signature: toHex(sign(null, receiptBytes(networkId, place), key)),
    };
  }

  #certificate(cellHash: string): string {
    const place = { cellHash, tipHour: TIP_HOUR };
    const bytes = storedBytes(this.networkId, place);
    const signatures = this.holders.map((index) => {
      const { memberId } = this.network.members[index - 1] ?? { memberId: "" };
      return { index, signature: signAsMember(this.layout, memberId, bytes) };
    });
    return canonicalString({
      type: "comity/v1/tip-certificate",
      networkId: this.networkId,
      ...place,
      signatures,
    });
  }
}
