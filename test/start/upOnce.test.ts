import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { hash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, isAbsolute, join } from "node:path";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import * as blst from "@chainsafe/blst";
import { faultCodes } from "@comity/attester";
import { blstBls, BundleError, type Ed25519Verify, verifyBundle, verifyEd25519 } from "@comity/protocol";
import { comity, comityScript } from "../system/cli.ts";
import { eventually } from "../system/eventually.ts";
import { processesOf } from "./processesOf.ts";
import { seededRandom } from "../system/seededRandom.ts";

interface Summary {
  readonly ok: boolean;
  readonly members: number;
  readonly threshold: number;
  readonly keyEpoch: number;
  readonly notices: number;
  readonly recordsAccepted: number;
  readonly recordsRefused: Record<string, number>;
  readonly readyMs: number;
  readonly durationMs: number;
  readonly memoryPssMb: number;
  readonly genesis: string;
  readonly groupPublicKey: string;
  readonly alerts: readonly {
    readonly id: string;
    readonly subject: { readonly operatorId: string; readonly siteId: string };
    readonly kind: string;
    readonly keyEpoch: number;
    readonly statementDigest: string;
    readonly signature: string;
  }[];
  readonly bundle: string;
  readonly bond: {
    readonly id: string;
    readonly status: string;
    readonly penalMinor: string;
    readonly forfeitedMinor: string;
    readonly availableMinor: string;
  };
  readonly venue: {
    readonly id: string;
    readonly name: string;
    readonly status: string;
    readonly bundle: string;
  };
}

/** The part of @noble/bls12-381 that checks a signature: a library that the project itself does not run. */
interface OtherBls {
  verify(signature: string, message: unknown, publicKey: string): Promise<boolean>;
  PointG2: { hashToCurve(message: Uint8Array, options: { DST: string }): Promise<unknown> };
}

const FLIPS = 1_000;
/** Every so many flips one keeps a hex digit a hex digit, and so gets past the form. */
const DEEP = 10;

describe("comity up --once --json", function () {
  this.timeout(240_000);

  const directory = mkdtempSync(join(tmpdir(), "comity-system-"));
  const dataDir = join(directory, "coalition");
  let summary: Summary;

  before(async () => {
    const { code, stdout, stderr } = await comity("up", "--once", "--json", "--data-dir", dataDir);
    assert.equal(code, 0, stderr);
    summary = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Summary;
  });

  after(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it("ends with one JSON object that says what four members did together", () => {
    assert.equal(summary.ok, true);
    assert.equal(summary.members, 4);
    assert.equal(summary.threshold, 3);
    assert.equal(summary.keyEpoch, 1);
    assert.ok(summary.notices >= 20);
    assert.ok(summary.recordsAccepted > 0);
    assert.ok(summary.readyMs > 0 && summary.readyMs < summary.durationMs);
    assert.ok(summary.memoryPssMb > 0 && summary.memoryPssMb <= 1_300);
    assert.match(summary.genesis, /^[0-9a-f]{64}$/);
    assert.match(summary.groupPublicKey, /^[0-9a-f]{96}$/);
  });

  it("refuses one bad segment with every code", () => {
    assert.deepEqual(Object.keys(summary.recordsRefused).sort(), [...faultCodes].sort());
  });

  it("accuses the undeclared site and nobody else", () => {
    const accused = summary.alerts.map(({ subject, kind }) => `${kind} ${subject.siteId}`);

    assert.deepEqual([...new Set(accused)], ["undeclared-training greyfield-quarry"]);
  });

  it("takes part of a bond for a model checkpoint that never came, and no more", () => {
    const { bond } = summary;
    assert.deepEqual([bond.status, bond.penalMinor], ["active", "25000000000"]);
    assert.ok(BigInt(bond.forfeitedMinor) > 0n);
    assert.equal(BigInt(bond.forfeitedMinor) + BigInt(bond.availableMinor), BigInt(bond.penalMinor));
  });

  it("signs so that another library accepts the signature over the digest", async () => {
    const other = createRequire(import.meta.url)("@noble/bls12-381") as OtherBls;
    for (const { statementDigest, signature } of summary.alerts) {
      const message = await other.PointG2.hashToCurve(Buffer.from(statementDigest, "hex"), {
        DST: "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_",
      });
      assert.ok(await other.verify(signature, message, summary.groupPublicKey));
    }
  });

  it("leaves a bundle that `comity verify` accepts with the fingerprint, and with no other", async () => {
    assert.ok(isAbsolute(summary.bundle));
    assert.match(basename(summary.bundle), /^alert-[0-9a-f]{64}\.comity\.json$/);

    const right = await comity("verify", summary.bundle, "--genesis", summary.genesis);
    const wrong = await comity("verify", summary.bundle, "--genesis", "0".repeat(64));
    const none = await comity("verify", summary.bundle);

    assert.equal(right.code, 0, right.stderr);
    assert.equal(wrong.code, 1);
    assert.equal(none.code, 2);
    assert.ok(none.stdout.includes(summary.genesis));
  });

  it("leaves a bundle that is refused with any byte changed", () => {
    const bytes = readFileSync(summary.bundle);
    // Most signatures stay as they are: each needs to be checked only once.
    const group = blstBls(blst);
    const bls = { ...group, verify: remembered((...input) => group.verify(...input)) };
    const trust = { genesis: summary.genesis, bls, ed25519: remembered(verifyEd25519) };
    const random = seededRandom("flipped bytes");
    verifyBundle(bytes, trust);

    for (let flip = 0; flip < FLIPS; flip++) {
      const at = flipOne(bytes, flip % DEEP === 0, random);
      const before = bytes[at.offset];
      bytes[at.offset] = at.value;
      assert.throws(() => verifyBundle(bytes, trust), BundleError, `byte ${at.offset} is now ${at.value}`);
      bytes[at.offset] = before ?? 0;
    }
  });

  it("lists a venue, and leaves a bundle of it that `comity verify` accepts for this venue only", async () => {
    const { id, status, bundle } = summary.venue;
    const asked = ["verify", bundle, "--json", "--genesis", summary.genesis, "--id"];

    const right = await comity(...asked, id);
    const other = await comity(...asked, summary.alerts[0]?.id ?? "");

    assert.equal(status, "listed");
    assert.equal(right.code, 0, right.stderr);
    const { found, document } = JSON.parse(right.stdout) as { found: boolean; document: { status: string } };
    assert.deepEqual([found, document.status], [true, "listed"]);
    assert.equal(other.code, 1);
  });

  it("leaves no process behind", () => {
    assert.equal(existsSync(join(dataDir, "up.pid")), false);
    assert.deepEqual(processesOf(dataDir), []);
  });

  describe("and a second start", () => {
    let supervisor: ChildProcess;
    let again: Summary;

    before(async () => {
      const child = spawn(process.execPath, [comityScript, "up", "--json", "--data-dir", dataDir], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      supervisor = child;
      for await (const line of createInterface({ input: child.stdout })) {
        again = JSON.parse(line) as Summary;
        break;
      }
    });

    after(() => {
      supervisor.kill("SIGKILL");
    });

    it("goes on with the same genesis record, the same key and the same alert", () => {
      for (const key of ["genesis", "groupPublicKey", "keyEpoch", "notices"] as const) {
        assert.equal(again[key], summary[key], key);
      }
      assert.deepEqual(again.bond, summary.bond);
      assert.ok(again.alerts.some(({ id }) => id === summary.alerts[0]?.id));
    });

    it("leaves no process behind even where its supervisor is killed", async () => {
      const all = processesOf(dataDir);

      supervisor.kill("SIGKILL");
      await eventually("every process gone", () => (processesOf(dataDir).length === 0 ? true : undefined));

      // Supervisor, ledger, gateway; a chaincode and a node each.
      assert.ok(all.length >= 3 + 2 * summary.members, `there were only ${all.length}`);
    });
  });
});

/** A place, and another value for it: of any kind, or a hex digit for a hex digit. */
function flipOne(
  bytes: Uint8Array,
  isDeep: boolean,
  random: () => number,
): { offset: number; value: number } {
  for (;;) {
    const offset = Math.floor(random() * bytes.length);
    const before = bytes[offset] ?? 0;
    const digit = "0123456789abcdef".charCodeAt(Math.floor(random() * 16));
    const value = isDeep ? digit : Math.floor(random() * 256);
    if (value !== before && (!isDeep || isHexDigit(before))) return { offset, value };
  }
}

function remembered(check: Ed25519Verify): Ed25519Verify {
  const known = new Map<string, boolean>();
  return (...input) => {
    const key = input.map((bytes) => hash("sha256", bytes)).join();
    const verdict = known.get(key) ?? check(...input);
    known.set(key, verdict);
    return verdict;
  };
}

function isHexDigit(byte: number): boolean {
  return /[0-9a-f]/.test(String.fromCharCode(byte));
}
