import type { VenueDocument } from "@comity/protocol";
import { datasetOf, type Entity, entitiesOf, isOnList, type ListInfo } from "./entities.ts";

/** The columns of OpenSanctions' targets.simple.csv, in its order. */
export const columns = [
  "id",
  "schema",
  "name",
  "aliases",
  "birth_date",
  "countries",
  "addresses",
  "identifiers",
  "sanctions",
  "phones",
  "emails",
  "program_ids",
  "dataset",
  "first_seen",
  "last_seen",
  "last_change",
] as const;

/** What is on the list now, a line each, as OpenSanctions writes it: every field in quotes, several values in one field parted by semicolons. */
export function simpleCsv(documents: readonly VenueDocument[], info: ListInfo): string {
  const rows = documents.filter(isOnList).map((document) => rowOf(document, info));
  return [columns, ...rows].map((row) => `${row.map(quoted).join(",")}\n`).join("");
}

function rowOf(document: VenueDocument, info: ListInfo): readonly string[] {
  const [venue, sanction] = entitiesOf(document, info);
  const values: Record<(typeof columns)[number], string> = {
    id: venue.id,
    schema: venue.schema,
    name: venue.caption,
    aliases: several(venue, "alias"),
    birth_date: "",
    countries: several(venue, "country"),
    addresses: several(venue, "address"),
    identifiers: several(venue, "registrationNumber"),
    sanctions: joined([sanctionText(sanction)]),
    phones: "",
    emails: "",
    program_ids: several(sanction, "programId"),
    dataset: joined([datasetOf(info).title]),
    first_seen: venue.first_seen,
    last_seen: venue.last_seen,
    last_change: venue.last_change,
  };
  return columns.map((column) => values[column]);
}

function sanctionText({ properties }: Entity): string {
  return ["program", "reason", "status", "startDate", "endDate"]
    .flatMap((name) => properties[name] ?? [])
    .join(" - ");
}

function several({ properties }: Entity, name: string): string {
  return joined(properties[name] ?? []);
}

function joined(values: readonly string[]): string {
  return [...new Set(values)]
    .sort()
    .map((value) => (/[;"\r\n]/.test(value) ? quoted(value) : value))
    .join(";");
}

function quoted(value: string): string {
  return `"${value.replaceAll('"', '""')}"`;
}
