import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { createLogger, format } from "winston";
import { dropBeforeFormatting } from "../src/logging.ts";

describe("A line of the log", () => {
  it("is not even formatted below the level, and is written at any other", () => {
    dropBeforeFormatting();
    const formatted: string[] = [];
    const written: string[] = [];
    const noting = format((line) => {
      formatted.push(line.level);
      return line;
    });
    const log = createLogger({ level: "warn", format: noting() });
    const write: Writable["_write"] = ({ level, message }: { level: string; message: string }, _, done) => {
      written.push(`${level}: ${message}`);
      done();
    };
    log.pipe(new Writable({ objectMode: true, write }));

    log.debug("a call of the ledger");
    log.warn("something odd");
    log.error("something wrong");

    assert.deepEqual(formatted, ["warn", "error"]);
    assert.deepEqual(written, ["warn: something odd", "error: something wrong"]);
  });
});
