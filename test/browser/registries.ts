import { type BondDocument, DAY_MS, type VenueDocument } from "@comity/protocol";
import { ORIGIN_MS } from "../fixture/evidenceLog.ts";
import type { MemoryLedger } from "../fixture/memoryLedger.ts";
import { bond, Registries } from "../fixture/registries.ts";
import { network } from "./lies.ts";

/** A list of venues and some bonds of the coalition of `lies.ts`, as a visitor would find them. */

export const registries = new Registries(network);
const ulid = (suffix: string): string => "01JD0000000000000000000000".slice(0, 26 - suffix.length) + suffix;

export const ids = {
  quarry: ulid("A"),
  institute: ulid("B"),
  bureau: ulid("C"),
  lantern: ulid("D"),
  /** Between two others, and in no list. */
  absent: ulid("B7"),
  active: ulid("M"),
  posted: ulid("N"),
  released: ulid("P"),
};

const quarry = registries.listing(ids.quarry, {
  ...{ name: "Quarry Ridge Compute Ltd", aliases: ["QRC", "Quarry Ridge Data Halls"], country: "ie" },
  ...{ address: "Unit 4, Old Quarry Road, Carrickbeg", registrationNumber: "IE 604417" },
});
const institute = registries.listing(
  ids.institute,
  { schema: "Organization", name: "Institut für Angewandte Großmodelle", country: "at" },
  40,
);
const bureau = registries.listing(
  ids.bureau,
  { schema: "PublicBody", name: "Bureau of Grid Computing", country: "xa", website: "https://grid.example/" },
  80,
);
const lantern = registries.listing(ids.lantern, { name: "Lantern Bay Data Services", country: "is" }, 10);
const ended = registries.delisting(newest(lantern));

export const venues: readonly VenueDocument[] = [quarry, institute, bureau].map(newest).concat(newest(ended));

const day = (days: number): number => ORIGIN_MS + days * DAY_MS;
export const bonds: readonly BondDocument[] = [
  bond(ids.active, {
    ...{ rev: 4, status: "active", acceptedMs: day(3), changedMs: day(24), judgedThrough: 2, forfeitures: 1 },
    ...{ encumberedMinor: "2500000000", forfeitedMinor: "2500000000" },
    openTriggers: [
      {
        ...{ ground: "model-checkpoint-missing", noticeId: "01J00000000000000000000001", sequence: 2 },
        ...{ openedMs: day(24), cureByMs: day(38), amountMinor: "2500000000" },
      },
    ],
  }),
  bond(ids.posted, { principal: "marrow-pine", noticeId: "01J00000000000000000000003" }),
  bond(ids.released, {
    ...{ principal: "ostrava-systems", surety: "northern-surety", noticeId: "01J00000000000000000000002" },
    ...{ rev: 3, status: "released", acceptedMs: day(3), changedMs: day(60), releasedMinor: "25000000000" },
  }),
];

/** Everything, and then the digests that the coalition has signed of it. */
export function writeRegistries(ledger: MemoryLedger): void {
  for (const document of [quarry, institute, bureau, lantern, ended].flat()) ledger.writeVenue(document);
  for (const document of bonds) ledger.writeBond(document);
  const { height } = ledger;
  ledger.writeDigest(registries.digest("venues", venues, { rev: 1, height }));
  ledger.writeDigest(registries.digest("bonds", bonds, { rev: 1, height }));
}

function newest(revisions: readonly VenueDocument[]): VenueDocument {
  const last = revisions.at(-1);
  if (last === undefined) throw new Error("a case has revisions");
  return last;
}
