import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseMemberId, toHex, verifyEd25519, type GenesisMember } from "@comity/protocol";
import { loadIdentity } from "../../src/signing/identity.ts";
import { writeSecret } from "../../src/store/secretFile.ts";

describe("a member's identity", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "comity-identity-"));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function store(key: KeyObject): Promise<string> {
    const file = join(folder, "identity.pem");
    await writeSecret(file, Buffer.from(key.export({ type: "pkcs8", format: "pem" })));
    return file;
  }

  function memberWith(publicKey: KeyObject): GenesisMember {
    const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
    return {
      index: 1,
      memberId: parseMemberId("aa"),
      name: "A",
      mspId: "M1",
      identityKey: toHex(new Uint8Array(raw)),
    };
  }

  it("signs with the key that the coalition knows", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");

    const identity = await loadIdentity({ member: memberWith(publicKey), keyFile: await store(privateKey) });

    const message = Buffer.from("message");
    assert.ok(verifyEd25519(identity.publicKey, message, identity.sign(message)));
    assert.equal(identity.index, 1);
  });

  it("is refused when the coalition knows another key, or when the key is of another kind", async () => {
    const { publicKey } = generateKeyPairSync("ed25519");
    const keyFile = await store(generateKeyPairSync("ed25519").privateKey);
    const member = memberWith(publicKey);

    await assert.rejects(loadIdentity({ member, keyFile }), { code: "IDENTITY_MISMATCH" });
    await assert.rejects(loadIdentity({ member, keyFile: `${keyFile}.no` }), {
      code: "IDENTITY_MISSING",
    });
    await store(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey);
    await assert.rejects(loadIdentity({ member, keyFile }), { code: "IDENTITY_INVALID" });
  });
});
