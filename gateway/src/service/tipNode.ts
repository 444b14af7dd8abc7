import type { TipCertificate, TipHour, TipPlace } from "@comity/tip";

/** What the services need of the member's own node, which keeps tips. All of them throw GatewayError. */
export interface TipNode {
  /** Resolves once the cell is on the node's disk. */
  accept(cell: Uint8Array): Promise<TipPlace>;
  certificate(cellHash: string): Promise<TipCertificate>;
  hour(tipHour: number): Promise<TipHour>;
}
