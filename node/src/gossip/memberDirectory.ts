import type { RegisteredNode } from "./network.ts";

/** Who is who, as the ledger's register says now: nothing is cached, because the register changes while we run. */
export class MemberDirectory {
  readonly #members: () => readonly RegisteredNode[];
  readonly #ownIndex: number;

  constructor(
    options: { readonly ownIndex: number },
    deps: { readonly members: () => readonly RegisteredNode[] },
  ) {
    this.#ownIndex = options.ownIndex;
    this.#members = deps.members;
  }

  /** All members but ourselves that have registered a node. */
  others(): { index: number; peerId: string; addresses: readonly string[] }[] {
    return this.#members().flatMap(({ index, node }) =>
      node && index !== this.#ownIndex ? [{ index, peerId: node.peerId, addresses: node.addresses }] : [],
    );
  }

  indexOf(peerId: string): number | undefined {
    return this.others().find((member) => member.peerId === peerId)?.index;
  }

  peerIdOf(index: number): string | undefined {
    return this.others().find((member) => member.index === index)?.peerId;
  }
}
