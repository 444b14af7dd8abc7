import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type EmbeddedLedger, parseConfig, silentLogger, startEmbeddedLedger } from "@comity/embedded";
import { createAuthority, createTlsAuthority, type IssuedCertificate, packageProgram } from "@comity/fabric";
import { connectLedger, type LedgerClient } from "@comity/ledger";
import { defaultRulebook, encodeCanonical, toHex } from "@comity/protocol";
import { Child, freePort } from "./child.ts";

const channel = "comity";
const host = "127.0.0.1";

interface Member {
  readonly memberId: string;
  readonly mspId: string;
  readonly folder: string;
  readonly identityKey: string;
  readonly chaincodePort: number;
}

/** Four members on the embedded ledger, with the real chaincode in a process for each, and no nodes yet. */
export class LocalNetwork {
  readonly folder: string;
  readonly members: readonly Member[];
  readonly #children: Child[] = [];
  #ledger: EmbeddedLedger | undefined;

  private constructor(folder: string, members: readonly Member[]) {
    this.folder = folder;
    this.members = members;
  }

  static async start(): Promise<LocalNetwork> {
    const folder = await mkdtemp(join(tmpdir(), "comity-node-"));
    const members = await Promise.all(
      ["xa", "xb", "xc", "xd"].map((memberId) => createMember(folder, memberId)),
    );
    const network = new LocalNetwork(folder, members);
    const genesis = genesisOf(members);
    await writeFile(network.#genesisFile, genesis);
    try {
      await network.#begin(genesis);
      return network;
    } catch (error) {
      await network.stop();
      throw error;
    }
  }

  get #genesisFile(): string {
    return join(this.folder, "genesis.json");
  }

  async #begin(genesis: Uint8Array): Promise<void> {
    const fingerprint = createHash("sha256").update(genesis).digest("hex");
    await Promise.all(this.members.map((member) => this.#startChaincode(member, fingerprint)));
    this.#ledger = await this.#startLedger();
    await this.#found(Buffer.from(genesis).toString());
  }

  /** A member's node in a process of its own, on any free ports; each start goes on with what the one before left. */
  async startNode(position: number): Promise<Child> {
    const member = this.#member(position);
    const file = join(member.folder, "node.json");
    await writeFile(file, JSON.stringify(this.#nodeConfig(member)));
    const node = this.#spawn([fileURLToPath(import.meta.resolve("@comity/node/program")), file]);
    await node.event(({ event }) => event === "ready");
    return node;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.end("SIGKILL")));
    await this.#ledger?.stop();
    await rm(this.folder, { recursive: true });
  }

  #member(position: number): Member {
    const member = this.members[position];
    if (!member) throw new RangeError(`there is no member ${position}`);
    return member;
  }

  #spawn(args: readonly string[], env: Readonly<Record<string, string>> = {}): Child {
    const child = new Child(args, env);
    this.#children.push(child);
    return child;
  }

  async #startChaincode(member: Member, fingerprint: string): Promise<void> {
    const script = fileURLToPath(import.meta.resolve("@comity/chaincode/program"));
    const release = await packageProgram(script, { version: 1, genesis: fingerprint });
    const packageFile = join(member.folder, "chaincode.tar.gz");
    await writeFile(packageFile, release.bytes);
    const env = {
      CORE_PEER_LOCALMSPID: member.mspId,
      COMITY_GENESIS_FILE: this.#genesisFile,
      CHAINCODE_ID: release.id,
      CHAINCODE_PACKAGE_FILE: packageFile,
      CHAINCODE_SERVER_ADDRESS: `${host}:${member.chaincodePort}`,
      CHAINCODE_TLS_CERT_FILE: join(member.folder, "tls-cert.pem"),
      CHAINCODE_TLS_KEY_FILE: join(member.folder, "tls-key.pem"),
      CHAINCODE_TLS_CLIENT_CACERT_FILE: join(member.folder, "tls-root.pem"),
    };
    await this.#spawn([script], env).listening(member.chaincodePort);
  }

  async #startLedger(): Promise<EmbeddedLedger> {
    const config = parseConfig({
      ...{
        channel,
        chaincodeName: "comity",
        mode: "evaluation",
        quorum: 3,
        executeTimeoutMs: 12_000,
        endorsementTimeoutMs: 14_000,
        dataDir: join(this.folder, "ledger"),
      },
      gateways: this.members.map(({ mspId, folder }) => {
        const files = {
          tlsCertificateFile: join(folder, "tls-cert.pem"),
          tlsKeyFile: join(folder, "tls-key.pem"),
        };
        return { mspId, host, port: 0, ...files };
      }),
      members: this.members.map(({ mspId, folder, chaincodePort }) => ({
        mspId,
        rootCertificateFile: join(folder, "root.pem"),
        signingCertificateFile: join(folder, "peer-cert.pem"),
        signingKeyFile: join(folder, "peer-key.pem"),
        chaincode: {
          ...{ host, port: chaincodePort, tlsRootFile: join(folder, "tls-root.pem") },
          ...{
            clientCertificateFile: join(folder, "tls-cert.pem"),
            clientKeyFile: join(folder, "tls-key.pem"),
          },
        },
      })),
    });
    const onFatal = (error: unknown) => {
      throw error;
    };
    return startEmbeddedLedger(config, { now: () => Date.now(), log: silentLogger, onFatal });
  }

  async #found(genesis: string): Promise<void> {
    const officer = await this.#connect(this.#member(0), "officer");
    await officer.submit("coalition:Genesis", genesis);
    officer.close();
  }

  async #connect({ folder, mspId }: Member, name: string): Promise<LedgerClient> {
    const read = (file: string) => readFile(join(folder, file), "utf8");
    const identity = {
      mspId,
      certificatePem: await read(`${name}-cert.pem`),
      privateKeyPem: await read(`${name}-key.pem`),
    };
    const tlsRootPem = await read("tls-root.pem");
    const endpoints = [{ address: this.#addressOf(mspId), tlsRootPem }];
    return connectLedger({ channel, chaincode: "comity", endpoints, identity });
  }

  #addressOf(mspId: string): string {
    const gateway = this.#ledger?.gateways.find((each) => each.mspId === mspId);
    return `${host}:${gateway?.port ?? 0}`;
  }

  #nodeConfig({ memberId, mspId, folder }: Member) {
    const files = (name: string) => ({
      certificateFile: join(folder, `${name}-cert.pem`),
      keyFile: join(folder, `${name}-key.pem`),
    });
    return {
      memberId,
      dataDir: join(folder, "data"),
      genesisFile: this.#genesisFile,
      identityKeyFile: join(folder, "identity-key.pem"),
      ledger: {
        ...{ channel, chaincode: "comity", mspId, ...files("node") },
        endpoints: [{ address: this.#addressOf(mspId), tlsRootFile: join(folder, "tls-root.pem") }],
      },
      gossip: { host, port: 0 },
      intake: { host, port: 0, ...files("tls"), clientRootFiles: [join(folder, "root.pem")] },
      console: { host, port: 0 },
    };
  }
}

async function createMember(root: string, memberId: string): Promise<Member> {
  const folder = join(root, memberId);
  await mkdir(folder);
  const mspId = `${memberId}MSP`;
  const options = { mspId, organisation: memberId, now: () => Date.now() };
  const authority = await createAuthority(options);
  const tlsAuthority = await createTlsAuthority(options);
  await writeFile(join(folder, "root.pem"), authority.rootCertificatePem);
  await writeFile(join(folder, "tls-root.pem"), tlsAuthority.rootCertificatePem);
  const ou = "client";
  const issued: Record<string, IssuedCertificate> = {
    peer: await authority.issue({ commonName: "peer", ou: "peer" }),
    tls: await tlsAuthority.issue({ commonName: "tls", dns: ["localhost"], ips: [host] }),
    node: await authority.issue({ commonName: "node", ou, attributes: { "comity.role": "node" } }),
    officer: await authority.issue({ commonName: "officer", ou, attributes: { "comity.role": "officer" } }),
  };
  for (const [name, { certificatePem, privateKeyPem = "" }] of Object.entries(issued)) {
    await writeFile(join(folder, `${name}-cert.pem`), certificatePem);
    await writeFile(join(folder, `${name}-key.pem`), privateKeyPem, { mode: 0o600 });
  }
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  await writeFile(join(folder, "identity-key.pem"), privateKey.export({ type: "pkcs8", format: "pem" }), {
    mode: 0o600,
  });
  const identityKey = toHex(new Uint8Array(publicKey.export({ type: "spki", format: "der" }).subarray(-32)));
  return { memberId, mspId, folder, identityKey, chaincodePort: await freePort() };
}

function genesisOf(members: readonly Member[]): Uint8Array {
  return encodeCanonical({
    ...{
      type: "comity/v1/genesis",
      name: "test",
      mode: "evaluation",
      threshold: 3,
      rulebook: defaultRulebook(),
    },
    clock: { originMs: Date.now(), scale: 1, scaledMs: 0, bucketMs: 300_000 },
    members: members.map(({ memberId, mspId, identityKey }, position) => {
      return { index: position + 1, memberId, name: memberId, mspId, identityKey };
    }),
  });
}
