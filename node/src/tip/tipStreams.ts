import { concat, fromHex, toHex, u64 } from "@comity/protocol";
import { CELL_BYTES, cellHashOf, type TipPlace } from "@comity/tip";
import type { GossipNetwork } from "../gossip/network.ts";
import { WireReader } from "../gossip/wire.ts";
import type { Certificates } from "./certificates.ts";
import { TipStoreError } from "./tipError.ts";
import type { TipStore } from "./tipStore.ts";

/** Direct streams among members: `tip` has a cell stored, `tip-cell` asks for one. Cells are sealed, so any member may hold them. */

const HASH_BYTES = 32;
const SIGNATURE_BYTES = 64;

export interface TipStreamsDeps {
  readonly network: Pick<GossipNetwork, "serve">;
  readonly store: TipStore;
  readonly certificates: Pick<Certificates, "sign">;
}

/** Stores what other members send, and gives out what anyone holds here. The signature leaves once the cell is on disk. */
export function serveTips({ network, store, certificates }: TipStreamsDeps): void {
  network.serve("tip", async (bytes, from) => {
    const reader = new WireReader(bytes);
    const [tipHour, cell] = [reader.u64(), reader.bytes(CELL_BYTES)];
    reader.end();
    await store.hold(cell, { tipHour, origin: from });
    return certificates.sign({ cellHash: cellHashOf(cell), tipHour });
  });
  network.serve("tip-cell", async (bytes) => {
    const reader = new WireReader(bytes);
    const cellHash = toHex(reader.bytes(HASH_BYTES));
    reader.end();
    const cell = await store.cell(cellHash);
    if (cell === undefined) throw new TipStoreError("TIP_UNKNOWN", "this node holds no such cell");
    return cell;
  });
}

type Requests = Pick<GossipNetwork, "request">;

/** Has a member store a cell; gives its signature, not verified yet. @throws StreamError, WireError */
export async function sendTip(
  network: Requests,
  member: number,
  { tipHour, cell }: Pick<TipPlace, "tipHour"> & { readonly cell: Uint8Array },
  signal: AbortSignal,
): Promise<Uint8Array> {
  const reader = new WireReader(await network.request(member, "tip", concat(u64(tipHour), cell), signal));
  const signature = reader.bytes(SIGNATURE_BYTES);
  reader.end();
  return signature;
}

/** A cell that a member holds; undefined where it gives another one. @throws StreamError */
export async function fetchTip(
  network: Requests,
  member: number,
  cellHash: string,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const cell = await network.request(member, "tip-cell", fromHex(cellHash, HASH_BYTES), signal);
  return cellHashOf(cell) === cellHash ? cell : undefined;
}
