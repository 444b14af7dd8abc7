import { join } from "node:path";
import type { Coalition } from "@comity/cli";
import { alertIdOf, type Bundle, encodeCanonical, type StoredAlert } from "@comity/protocol";
import { ClassicLevel } from "classic-level";
import { is } from "../system/eventBook.ts";
import type { TestCoalition } from "../system/testCoalition.ts";

/** Writes an alert into the files of the stopped ledger, as its chaincode would have stored it, and starts the ledger again. */
export async function plantAlert(test: TestCoalition, bundle: Bundle, digest: string): Promise<StoredAlert> {
  const { statement, keyEpoch, signature, decisions } = bundle;
  const alertId = alertIdOf(statement);
  const filedMs = statement.observed.endMs;
  const alert: StoredAlert = {
    schemaVersion: 1,
    rev: 1,
    alertId,
    kind: "alert",
    keyEpoch,
    statement,
    signature,
    decisions,
    digest,
    filedMs,
  };
  const { siteId } = statement.subject;
  const { flopAtLeast } = statement;
  const slot = `alertslot!${siteId}!${statement.kind}!${statement.window.startMs}`;
  await test.coalition.kill("ledger");
  await write(test.coalition, [
    [`alert!${alertId}`, alert],
    [slot, { schemaVersion: 1, rev: 1, alertId, flopAtLeast }],
    [`o!alert!${String(filedMs).padStart(13, "0")}!${alertId}`, alertId],
  ]);
  const mark = test.events.now;
  await test.coalition.restart("ledger");
  await test.events.until("the ledger is back", is("ready", "ledger"), mark);
  return alert;
}

/** Keys and values as the embedded ledger lays them out: `s/<chaincode>\0<key>`, version before the value. */
async function write(
  { layout }: Coalition,
  documents: readonly (readonly [string, unknown])[],
): Promise<void> {
  const version = Buffer.alloc(12);
  const level = new ClassicLevel<Buffer, Buffer>(join(layout.ledger, "ledger"), {
    keyEncoding: "buffer",
    valueEncoding: "buffer",
    createIfMissing: false,
  });
  await level.open();
  for (const [key, document] of documents)
    await level.put(Buffer.from(`s/comity\0${key}`), Buffer.concat([version, encodeCanonical(document)]));
  await level.close();
}
