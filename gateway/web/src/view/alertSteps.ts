import { names, plural, scientific, short, size } from "../format.ts";
import type { BrokenCode, Verified } from "../verdict.ts";
import type { Step } from "./steps.ts";

/** In the order in which `verifyBundle` goes. */
export const alertSteps: readonly Step<Verified, BrokenCode>[] = [
  {
    code: "BUNDLE_FORM",
    title: "The file is whole and has one form",
    found: ({ sizeBytes }) => `${size(sizeBytes)} of canonical JSON.`,
  },
  {
    code: "BUNDLE_GENESIS",
    title: "It belongs to the network that you named",
    found: ({ bundle: { networkId, genesis } }) =>
      `The genesis record of “${genesis.name}” hashes to ${short(networkId)}, your fingerprint.`,
  },
  {
    code: "BUNDLE_EPOCH",
    title: "The members handed over this key",
    found: ({ bundle: { keyEpoch, groupKey } }) =>
      `Key epoch ${keyEpoch}, group key ${short(groupKey)}, vouched for by the members that genesis names.`,
  },
  {
    code: "BUNDLE_SIGNATURE",
    title: "That key signed the statement",
    found: ({ bundle: { digest, genesis } }) =>
      `BLS12-381 signature over ${short(digest)}; it takes ${genesis.threshold} of ${genesis.members.length} members to make one.`,
  },
  {
    code: "BUNDLE_DECISIONS",
    title: "Members put their names to it",
    found: ({ bundle: { signers, genesis } }) =>
      `${names(signers)} decided to sign (${signers.length} of ${genesis.members.length}).`,
  },
  {
    code: "BUNDLE_CHECKPOINT",
    title: "The evidence log is the one that its keeper signed",
    found: ({ bundle: { statement } }) =>
      `${plural(statement.log.size, "entry", "entries")}, root ${short(statement.log.root)}`,
  },
  {
    code: "BUNDLE_EVIDENCE",
    title: "The evidence is in that log, signed by its hosts",
    found: ({ bundle: { entryCount, hostCount } }) =>
      `${plural(entryCount, "segment")} of ${plural(hostCount, "host")}, each with proof and signature.`,
  },
  {
    code: "BUNDLE_FIGURES",
    title: "The figures follow from the evidence",
    found: ({ bundle: { statement } }) =>
      `Added up again here: at least ${scientific(statement.flopAtLeast)} FLOP.`,
  },
  {
    code: "LISTING_DIFFERS",
    title: "This gateway's list says what was signed",
    found: () => "Same statement, key epoch, digest and signature.",
  },
];
