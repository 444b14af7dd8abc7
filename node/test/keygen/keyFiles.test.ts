import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toHex } from "@comity/protocol";
import { createEncryptionKey } from "@comity/threshold";
import { KeyStore } from "../../src/keygen/keyStore.ts";
import { type AttemptSecrets, KeyVault } from "../../src/keygen/keyVault.ts";
import { ShareFiles } from "../../src/keygen/shareFiles.ts";
import { testGroupKey } from "../watchfloor/testKeyShares.ts";

const group = testGroupKey("group", 3, 4);
const groupKey = toHex(group.groupKey);
const otherKey = toHex(testGroupKey("another", 3, 4).groupKey);
const [first, second] = [group.shares[0]!, group.shares[1]!];

let directory: string;
beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), "comity-keys-"))));
afterEach(() => rm(directory, { recursive: true }));
const spoil = async (name: string): Promise<void> => writeFile(join(directory, name), "{}", { mode: 0o600 });

describe("KeyVault", () => {
  const secretsOf = (attempt: number): AttemptSecrets => {
    const session = { networkId: "ab".repeat(32), attempt, n: 4, t: 3 } as never;
    const { secret, accept } = createEncryptionKey({ session, index: 1, random: randomBytes });
    return { attempt, encryptionSecret: toHex(secret), acceptance: accept };
  };

  it("keeps the secrets of the newest attempt and gives them up for no older one", async () => {
    const vault = new KeyVault(directory);
    await vault.save(secretsOf(1));
    const newer = secretsOf(2);
    await vault.save(newer);

    await assert.rejects(vault.save(secretsOf(1)), { code: "KEY_VAULT_NEWER" });

    assert.deepEqual(await vault.load(2), newer);
    assert.equal(await vault.load(1), undefined);
  });

  it("refuses with KEY_VAULT_INVALID a file that it cannot read, and does not write over it", async () => {
    await spoil("attempt.json");
    const vault = new KeyVault(directory);

    await assert.rejects(vault.load(1), { code: "KEY_VAULT_INVALID" });
    await assert.rejects(vault.save(secretsOf(1)), { code: "KEY_VAULT_INVALID" });
  });
});

describe("ShareFiles", () => {
  it("forgets the shares of all keys but those in force, and nothing else", async () => {
    const shares = new ShareFiles(directory);
    await shares.keepOnly([groupKey]);
    await shares.save(groupKey, first);
    await shares.save(otherKey, second);
    await spoil("attempt.json");

    await shares.keepOnly([groupKey]);

    assert.equal(await shares.load(otherKey), undefined);
    assert.equal((await shares.load(groupKey))?.index, 1);
    assert.equal((await readdir(directory)).length, 2);
  });

  it("refuses with KEY_VAULT_INVALID a file that holds no share of the key", async () => {
    const shares = new ShareFiles(directory);
    await shares.save(groupKey, first);
    const [name] = await readdir(directory);
    await spoil(name!);

    await assert.rejects(shares.load(groupKey), { code: "KEY_VAULT_INVALID" });
  });
});

describe("KeyStore", () => {
  it("refuses with KEY_VAULT_INVALID a share that is not this member's in the epoch", async () => {
    const shares = new ShareFiles(directory);
    await shares.save(groupKey, { index: 1, secretShare: second.secretShare });
    const members = group.shares.map(({ index, publicShare }) => ({
      index,
      publicShare: toHex(publicShare),
    }));
    const ledger = { epochs: () => [{ record: { keyEpoch: 1, groupKey, members } }] } as never;
    const store = new KeyStore({ shares, ledger });

    await assert.rejects(store.shareFor(1), { code: "KEY_VAULT_INVALID" });
    await shares.save(groupKey, first);
    assert.equal((await store.shareFor(1))?.index, 1);
  });
});
