import { decodeGenesis, type Genesis, genesisId, type NetworkId } from "@comity/protocol";

/** The network that this process serves, as its member's own copy of the genesis record says. */
export interface Network {
  /** SHA-256 of the record. */
  readonly id: NetworkId;
  /** The record's exact bytes. */
  readonly text: string;
  readonly genesis: Genesis;
}

/** @throws DomainError where these bytes are no genesis record */
export function networkOf(record: Uint8Array): Network {
  const genesis = decodeGenesis(record);
  return { id: genesisId(record), text: Buffer.from(record).toString("utf8"), genesis };
}

let served: Network | undefined;

/**
 * Tells the contracts which network they serve. It comes from the member and not from the ledger's state: nobody can then found another network on
 * their channel, and no transaction costs a call to the peer for a record that never changes.
 */
export function serveNetwork(network: Network): void {
  served = network;
}

/** @throws TypeError where `serveNetwork` was not called: a process that does not know its network serves none */
export function servedNetwork(): Network {
  if (served === undefined) throw new TypeError("this process was not told which network it serves");
  return served;
}
