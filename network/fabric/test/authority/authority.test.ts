import assert from "node:assert/strict";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AuthorityError,
  attributesOf,
  createAuthority,
  createTlsAuthority,
  loadAuthority,
  saveAuthority,
} from "../../src/index.ts";

const now = (): number => Date.UTC(2026, 10, 23);
const options = { mspId: "Member1MSP", organisation: "Member 1", now };

describe("Authority", () => {
  it("issues identities that chain to its root and carry one node unit", async () => {
    const authority = await createAuthority(options);

    const issued = await authority.issue({ commonName: "officer", ou: "client" });

    const root = new X509Certificate(authority.rootCertificatePem);
    const leaf = new X509Certificate(issued.certificatePem);
    assert.equal(root.ca, true);
    assert.equal(leaf.ca, false);
    assert.equal(leaf.verify(root.publicKey), true);
    assert.equal(leaf.checkIssued(root), true);
    assert.match(leaf.subject, /^OU=client$/m);
    assert.equal(leaf.keyUsage, undefined);
  });

  it("keeps attributes where fabric-shim's ClientIdentity reads them", async () => {
    const authority = await createAuthority(options);

    const issued = await authority.issue({
      commonName: "a",
      ou: "client",
      attributes: { "comity.role": "officer" },
    });

    assert.deepEqual(attributesOf(issued.certificatePem), { "comity.role": "officer" });
    assert.deepEqual(attributesOf(authority.rootCertificatePem), {});
  });

  it("issues TLS certificates for names and addresses, for server and client", async () => {
    const authority = await createTlsAuthority(options);

    const issued = await authority.issue({
      commonName: "n",
      dns: ["localhost"],
      ips: ["127.0.0.1", "::1"],
    });

    const leaf = new X509Certificate(issued.certificatePem);
    assert.equal(leaf.checkHost("localhost"), "localhost");
    assert.equal(leaf.checkIP("127.0.0.1"), "127.0.0.1");
    assert.deepEqual(leaf.keyUsage, ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
  });

  it("issues them from a root of its own and without a node unit, so that they are nobody's identity", async () => {
    const identities = await createAuthority(options);
    const tls = await createTlsAuthority(options);

    const { certificatePem } = await tls.issue({ commonName: "n", ips: ["127.0.0.1"] });

    const leaf = new X509Certificate(certificatePem);
    assert.equal(leaf.checkIssued(new X509Certificate(tls.rootCertificatePem)), true);
    assert.equal(leaf.checkIssued(new X509Certificate(identities.rootCertificatePem)), false);
    assert.doesNotMatch(leaf.subject, /^OU=/m);
  });

  it("certifies an Ed25519 key that it has never seen", async () => {
    const authority = await createAuthority(options);
    const { publicKey } = generateKeyPairSync("ed25519");
    const pem = publicKey.export({ format: "pem", type: "spki" }).toString();

    const issued = await authority.issue({ commonName: "e", ou: "client", publicKey: pem });

    const leaf = new X509Certificate(issued.certificatePem);
    assert.equal(issued.privateKeyPem, undefined);
    assert.equal(leaf.publicKey.equals(publicKey), true);
    assert.equal(leaf.verify(new X509Certificate(authority.rootCertificatePem).publicKey), true);
  });

  it("refuses other keys, bad addresses, bad MSP ids and certificates that end before they begin", async () => {
    const authority = await createAuthority(options);
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "secp384r1" });
    const pem = publicKey.export({ format: "pem", type: "spki" }).toString();
    const client = { commonName: "c", ou: "client" } as const;

    await rejectsWith("AUTHORITY_KEY", authority.issue({ ...client, publicKey: pem }));
    const tls = await createTlsAuthority(options);
    await rejectsWith("AUTHORITY_REQUEST", tls.issue({ commonName: "t", ips: ["localhost"] }));
    await rejectsWith("AUTHORITY_REQUEST", authority.issue({ ...client, notBefore: 2, notAfter: 1 }));
    await rejectsWith("AUTHORITY_REQUEST", createAuthority({ ...options, mspId: "a/b" }));
  });

  it("signs every certificate with a low S, so that Fabric leaves its bytes alone", async () => {
    const authority = await createAuthority(options);

    for (let i = 0; i < 16; i++) {
      const { certificatePem } = await authority.issue({ commonName: "s", ou: "client" });
      const der = new X509Certificate(certificatePem).raw;
      const s = lastInteger(der);
      assert.ok(s <= 0x7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8n);
    }
  });

  it("comes back from its directory, keys 0600, and refuses to overwrite or mix", async () => {
    const directory = await mkdtemp(join(tmpdir(), "comity-ca-"));
    try {
      const home = join(directory, "ca");
      const authority = await createAuthority(options);
      await saveAuthority(authority, home);

      const loaded = await loadAuthority(home, now);
      const leaf = new X509Certificate((await loaded.issue({ commonName: "x", ou: "admin" })).certificatePem);

      assert.equal(leaf.verify(new X509Certificate(authority.rootCertificatePem).publicKey), true);
      assert.equal(loaded.mspId, "Member1MSP");
      assert.equal((await stat(join(home, "ca-key.pem"))).mode & 0o777, 0o600);
      assert.deepEqual((await readdir(home)).sort(), ["ca-cert.pem", "ca-key.pem", "ca.json"]);
      await rejectsWith("AUTHORITY_FILES", saveAuthority(authority, home));
      const other = await createAuthority(options);
      await writeFile(join(home, "ca-key.pem"), await other.exportKey());
      await rejectsWith("AUTHORITY_FILES", loadAuthority(home, now));
      await rejectsWith("AUTHORITY_FILES", loadAuthority(join(directory, "none"), now));
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  for (const file of ["ca-key.pem", "ca-cert.pem", "ca.json"]) {
    it(`says with a code that its ${file} is damaged`, async () => {
      const directory = await mkdtemp(join(tmpdir(), "comity-ca-"));
      try {
        await saveAuthority(await createAuthority(options), directory);
        await writeFile(join(directory, file), "{damaged");

        await rejectsWith("AUTHORITY_FILES", loadAuthority(directory, now));
      } finally {
        await rm(directory, { recursive: true });
      }
    });
  }
});

/** The S of the outer signature: a certificate's DER ends with it. */
function lastInteger(der: Buffer): bigint {
  for (const length of [32, 33, 31, 30]) {
    const at = der.length - length - 2;
    if (der[at] === 2 && der[at + 1] === length) return BigInt(`0x${der.subarray(at + 2).toString("hex")}`);
  }
  throw new Error("no integer at the end");
}

async function rejectsWith(code: string, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (e) => e instanceof AuthorityError && e.code === code);
}
