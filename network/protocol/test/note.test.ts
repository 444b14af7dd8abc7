import assert from "node:assert/strict";
import fc from "fast-check";
import {
  CheckpointError,
  checkpointText,
  concat,
  formatNote,
  FRESH_BYTES,
  IdError,
  keyHash,
  logOrigin,
  nonceEpochOf,
  openCheckpoint,
  parseLogOrigin,
  readCheckpoint,
  sha256,
  toHex,
  utf8,
  verifyEd25519,
} from "../src/index.ts";
import { origin, publicKey, sign } from "./fixture.ts";

const text = checkpointText({ origin, size: 12, root: sha256(utf8("root")) });
const note = formatNote(text, origin, publicKey("alice"), sign("alice", utf8(text)));
const open = (value: string, name = origin): unknown =>
  openCheckpoint(value, name, publicKey("alice"), verifyEd25519);
const refused = (value: string, code: string, name = origin): void =>
  assert.throws(
    () => open(value, name),
    (error) => error instanceof CheckpointError && error.code === code,
  );

describe("checkpoints", () => {
  it("open to the head that was signed", () => {
    const head = openCheckpoint(note, origin, publicKey("alice"), verifyEd25519);
    assert.deepEqual(
      [head.origin, head.size, toHex(head.root), head.text],
      [origin, 12, toHex(sha256(utf8("root"))), text],
    );
  });

  it("may sign a tree again with random bytes, for another nonce epoch", () => {
    const head = { origin, size: 12, root: sha256(utf8("root")) };
    const again = checkpointText(head, sha256(utf8("random")).slice(0, FRESH_BYTES));
    const signed = formatNote(again, origin, publicKey("alice"), sign("alice", utf8(again)));

    const opened = openCheckpoint(signed, origin, publicKey("alice"), verifyEd25519);

    assert.deepEqual([opened.size, toHex(opened.root), opened.text], [12, toHex(head.root), again]);
    assert.notDeepEqual(nonceEpochOf(again), nonceEpochOf(text));
  });

  it("have the key hash that signed-note defines", () => {
    assert.deepEqual(
      keyHash("log", publicKey("alice")),
      sha256(concat(utf8("log\n"), Uint8Array.of(1), publicKey("alice"))).slice(0, 4),
    );
  });

  it("are refused with another key's signature", () => {
    refused(formatNote(text, origin, publicKey("alice"), sign("bob", utf8(text))), "CHECKPOINT_SIGNATURE");
    refused(formatNote(text, origin, publicKey("bob"), sign("bob", utf8(text))), "CHECKPOINT_SIGNATURE");
  });

  it("are refused for another log", () => refused(note, "CHECKPOINT_ORIGIN", `${origin}x`));

  it("are refused with a second signature or trailing text", () => {
    refused(note + (note.split("\n\n")[1] ?? ""), "CHECKPOINT_FORM");
    refused(`${note}\n`, "CHECKPOINT_FORM");
  });

  it("are refused in any other form", () => {
    for (const bad of [
      "",
      "x",
      note.replace("\n12\n", "\n012\n"),
      note.replace("\n12\n", "\n-1\n"),
      note.replace("=\n\n", "\n\n"),
      note.replace("=\n\n", "=\nanother line\n\n"),
      note.replace("=\n\n", "=\ncomity/v1/fresh AAAA\n\n"),
    ]) {
      assert.throws(() => readCheckpoint(bad), CheckpointError);
    }
  });

  it("never open when one character differs", () => {
    const characters = Array.from(note);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: characters.length - 1 }),
        fc.constantFrom("A", "b", "1", "=", "\n", "/"),
        (at, replacement) => {
          if (characters[at] === replacement) return;
          assert.throws(() => open(characters.with(at, replacement).join("")), CheckpointError);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("give nonce epochs of eight bytes that differ", () => {
    const other = nonceEpochOf(checkpointText({ origin, size: 13, root: sha256(utf8("root")) }));
    assert.equal(other.length, 8);
    assert.notDeepEqual(nonceEpochOf(text), other);
  });
});

describe("log origins", () => {
  it("parse to the parts that they name", () => assert.equal(logOrigin(parseLogOrigin(origin)), origin));
  it("are refused in any other form", () => {
    for (const bad of [
      "",
      "comity/x",
      `${origin}/more`,
      origin.replace("comity", "other"),
      origin.replace("/xa/", "/XA/"),
    ]) {
      assert.throws(() => parseLogOrigin(bad), IdError);
    }
  });
});
