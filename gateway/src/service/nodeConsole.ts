export interface NodeStatus {
  readonly state: "ready" | "unready" | "unreachable";
  /** Decimal; of the last block that this node has taken in. */
  readonly ledgerHeight?: string;
}

/** What the services need of a member's node. Neither call throws. */
export interface NodeConsole {
  readonly memberId: string;
  status(): Promise<NodeStatus>;
  /** Bytes as the node gave them, not verified. */
  bundle(alertId: string): Promise<Uint8Array | "absent" | "unreachable">;
}
