/** Each reason with what the cases say that are not as on Fabric for it. A case that conforms must not be here: the suite fails then. */
const table: readonly (readonly [reason: string, names: readonly string[]])[] = [
  [
    "a message that ends with a space is lost on the way from Fabric's gateway, and is whole here",
    [
      "a transaction is refused without words where the chaincode has none",
      "a proposal for no channel is refused",
    ],
  ],
  [
    "a proposal with a configuration's type of header is refused, though it can never be committed on either",
    ["a proposal of a configuration's type is taken"],
  ],
  [
    "the header's chaincode is looked at by the gateway, not by the endorser, and only a name that is not empty passes",
    [
      "a proposal whose header names no chaincode is refused",
      "a proposal that is for no chaincode is refused",
    ],
  ],
  ["the orderer says it in other words", ["a submission without a payload is refused"]],
  [
    "whatever is not the one chaincode's namespace, once, is flagged BAD_RWSET",
    [
      "a transaction in a block that writes to another chaincode's keys is invalid",
      "a transaction in a block with the same namespace twice is invalid",
    ],
  ],
  [
    "there is no life cycle's chaincode to write to",
    ["a transaction in a block that writes to the life cycle's keys is valid, if its endorsers may"],
  ],
  [
    "a header that is not well formed hides the transaction's id, so that nobody learns its status",
    ["a transaction in a block of another epoch is invalid"],
  ],
  [
    "a range is read by evaluations only, since commit could not check it again yet",
    [
      "a conflict arises where a key has come into a range that was read",
      "a conflict arises where a key has gone from a range that was read",
      "a conflict arises where a key of a range that was read has changed",
      "a conflict does not arise from a key beside the range",
      "a conflict does not arise from what the transaction itself writes into the range",
      "a conflict arises for composite keys, too",
      "a conflict arises in a range of more than a hundred keys",
      "a page may be submitted where nothing is written",
    ],
  ],
  [
    "endorsement policies of keys are not built yet",
    [
      "the endorsement policy of a key is empty until it is set, and then what was set",
      "the endorsement policy of a key takes the place of the chaincode's",
      "the endorsement policy of a key is known to the gateway, which asks whom it needs",
      "the endorsement policy of a key that is not there is not kept",
      "the endorsement policy of a key goes with it when it is deleted",
    ],
  ],
  [
    "private data is not built yet",
    [
      "private data is written, and every member reads it and its hash",
      "private data is not in the block",
      "private data that is missing is empty, and so is its hash",
      "private data is not read by the transaction that writes it",
      "private data is deleted, and its hash with it",
      "private data is purged, and its hash with it",
      "private data that is missing may be deleted and purged",
      "private data comes in ranges",
      "private data comes by partial composite key",
      "private data and the world state's of the same key are two",
      "private data conflicts like any other where it is read and has changed",
      "private data conflicts where its hash is read and it has changed",
      "private data in a range may be read by a transaction that writes private data",
      "private data is not for an organisation outside, which may know its hash",
      "private data is refused rich queries",
      "events of blocks with private data carry it to members, and not to others",
    ],
  ],
  [
    "the history of keys is not built yet",
    [
      "the history of a key holds its changes, the newest first",
      "the history of a key tells that it was deleted, and came again",
      "the history of a key that never was is empty",
      "the history leaves out what was invalid, and what was written in between in one transaction",
      "the history may be read by a transaction that writes, and is not checked again",
      "the history of a key that begins like another's holds its own alone",
    ],
  ],
  [
    "one chaincode cannot call another yet",
    [
      "a call of another chaincode gives the other chaincode's answer, and the caller is the same",
      "a call of another chaincode writes and reads the other's keys, not its own",
      "a call of another chaincode and what it comes from write both or nothing",
      "a call of another chaincode brings the other's refusal to the chaincode, which may go on",
      "a call of another chaincode of itself is refused",
      "a call of another chaincode in a channel that is not there is refused",
      "a call of another chaincode of the system's chaincode answers",
      "events of a chaincode that was called are lost, and the caller's own stays",
    ],
  ],
  [
    "filtered blocks are not built yet",
    ["events of blocks that are filtered name transactions and codes, without what they did"],
  ],
  ["one process is all members' gateways", ["the outage of one member's peer leaves the others at work"]],
  [
    "Fabric's orderers forget on a restart what they ordered; here the ledger itself is asked",
    ["a ledger that is started again takes a repeat of what it ordered before, and marks it"],
  ],
  [
    "the chaincode's version is the embedded ledger's own constant",
    ["a message of endorsers names chaincode and version, and holds the answer"],
  ],
  [
    "there is no life cycle's chaincode on whose entry a transaction would depend",
    ["a message of endorsers lists the namespaces that it depends on"],
  ],
  [
    "a block carries no commit hash",
    ["a message that is a block has five metadata, of which these are filled"],
  ],
  [
    "a certificate may have nothing around it, so that nobody reads another one out of that",
    [
      "a proposal with text before its certificate is taken",
      "a proposal with another certificate after its own is taken",
    ],
  ],
  [
    "the status that ends such a stream is lost",
    ["a request for blocks ends where there is no more for one who does not wait"],
  ],
];

/** Where the embedded ledger is not as Fabric: by the case's whole name, the reason. */
export const differences: ReadonlyMap<string, string> = new Map(
  table.flatMap(([reason, names]) => names.map((name) => [name, reason] as const)),
);
