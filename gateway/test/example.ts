import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type AlertDocument,
  alertIdOf,
  encodeCanonical,
  genesisId,
  nobleBls,
  type NoticeDocument,
  parseNoticeId,
  parseOperatorId,
  parseSiteId,
  type StoredAlert,
  validateGenesis,
  verifyBundle,
} from "@comity/protocol";

/** A genuine bundle of a coalition of four and two accelerators, and what a ledger would say beside it. */
const file = fileURLToPath(new URL("../../test/data/example.bundle", import.meta.url));
export const bundleBytes = new Uint8Array(readFileSync(file));
const { genesis, epochs } = JSON.parse(new TextDecoder().decode(bundleBytes)) as {
  genesis: unknown;
  epochs: unknown;
};

export const exampleGenesis = validateGenesis(genesis);
export const genesisBytes = encodeCanonical(genesis);
export const networkId = genesisId(genesisBytes);
const verified = verifyBundle(bundleBytes, { genesis: networkId, bls: nobleBls });

export const storedAlert: StoredAlert = {
  schemaVersion: 1,
  rev: 1,
  alertId: alertIdOf(verified.statement),
  kind: "alert",
  keyEpoch: verified.keyEpoch,
  statement: verified.statement,
  signature: verified.signature,
  decisions: verified.decisions,
  digest: verified.digest,
  filedMs: 1_800_000_000_000,
};

export const alert: AlertDocument = { ...storedAlert, status: "open" };

export const notice: NoticeDocument = {
  schemaVersion: 1,
  rev: 1,
  noticeId: parseNoticeId("01J00000000000000000000001"),
  operatorId: parseOperatorId("open-compute"),
  developer: "Halden Research",
  model: { family: "Meridian", name: "Meridian 2", parameters: "400000000000" },
  compute: { incrementalFlop: "38000000000000000000000000", cumulativeFlop: "38000000000000000000000000" },
  facilities: [parseSiteId("fjord-2")],
  hardware: [{ model: "H100 SXM", count: 16_384 }],
  attestation: "segment",
  plannedStartMs: 1_800_000_000_000,
  plannedEndMs: 1_808_000_000_000,
  status: "filed",
  filedMs: 1_798_000_000_000,
  changedMs: 1_798_000_000_000,
  noticedMs: 1_798_000_000_000,
  late: false,
  penalty: null,
  degraded: false,
  threshold: "1000000000000000000000000",
};

export const register = {
  networkId,
  mode: exampleGenesis.mode,
  clock: exampleGenesis.clock,
  rev: 0,
  members: exampleGenesis.members.map((member) => ({ ...member })),
  former: [],
};

/** The first member's node is on the ledger; the others' are not yet. */
export const registerWithOneNode = {
  ...register,
  members: register.members.map((member, position) =>
    position === 0
      ? {
          ...member,
          node: {
            peerId: `12D3KooW${"A".repeat(44)}`,
            addresses: ["/ip4/127.0.0.1/tcp/4001"],
            intakeAddress: "127.0.0.1:7000",
            rev: 1,
          },
        }
      : member,
  ),
};

export const signedEpochs = { epochs };
