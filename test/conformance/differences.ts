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
    "there is no life cycle's chaincode to write to",
    ["a transaction in a block that writes to the life cycle's keys is valid, if its endorsers may"],
  ],
  [
    "a key has no endorsement policy of its own: one would take the place of the chaincode's, so that a few could write alone",
    [
      "the endorsement policy of a key is empty until it is set, and then what was set",
      "the endorsement policy of a key takes the place of the chaincode's",
      "the endorsement policy of a key is known to the gateway, which asks whom it needs",
      "the endorsement policy of a key that is not there is not kept",
      "the endorsement policy of a key goes with it when it is deleted",
    ],
  ],
  [
    "blocks with private data are not built",
    ["events of blocks with private data carry it to members, and not to others"],
  ],
  [
    "the system's chaincode may be called, which Fabric refuses for fear of a deadlock",
    ["a call of another chaincode of the system's chaincode answers"],
  ],
  [
    "filtered blocks are not built",
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
