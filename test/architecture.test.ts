import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Who may import whom. A package that is not named here, or an arrow that is not, fails the test. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  "@comity/protocol": [],
  "@comity/threshold": ["@comity/protocol"],
  "@comity/tip": ["@comity/protocol"],
  "@comity/fabric": ["@comity/protocol"],
  "@comity/embedded": ["@comity/protocol", "@comity/fabric"],
  "@comity/ledger": ["@comity/protocol"],
  "@comity/chaincode": ["@comity/protocol", "@comity/threshold/verify"],
  "@comity/node": ["@comity/protocol", "@comity/threshold", "@comity/ledger", "@comity/tip"],
  "@comity/attester": ["@comity/protocol"],
  "@comity/web": ["@comity/protocol"],
  "@comity/gateway": ["@comity/protocol", "@comity/ledger", "@comity/tip", "@comity/web"],
};

/** These prove and operate the whole, so they see everything; nobody sees them. */
const onTop = new Set(["@comity/cli", "@comity/bench", "@comity/test"]);

/** Node's own modules that the pure packages may not touch: I/O, processes, the clock and randomness of the machine. */
const pure = new Set(["@comity/protocol", "@comity/tip"]);
/** What touches none of them. */
const pureImport = 'import { createPublicKey, hash, verify } from "node:crypto";';

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

interface Package {
  readonly name: string;
  readonly folder: string;
  readonly sources: readonly string[];
  readonly imports: readonly string[];
}

function readPackage(folder: string): Package {
  const { name } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as { name: string };
  const sources = sourceFiles(join(root, folder, "src")).map((file) => readFileSync(file, "utf8"));
  return { name, folder, sources, imports: sources.flatMap(importsOf) };
}

function sourceFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(c|m)?ts$/.test(file))
      .map((file) => join(folder, file));
  } catch {
    return [];
  }
}

function importsOf(source: string): string[] {
  return [...source.matchAll(/(?:from|import|require|resolve)\s*\(?\s*"([^"]+)"/g)].map(
    (match) => match[1] ?? "",
  );
}

const workspaces = (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { workspaces: string[] })
  .workspaces;
const packages = workspaces.map(readPackage);

describe("architecture", () => {
  for (const { name, imports } of packages.filter((candidate) => !onTop.has(candidate.name))) {
    it(`lets ${name} import only what the design allows`, () => {
      const isOther = (specifier: string): boolean =>
        specifier.startsWith("@comity/") && !specifier.startsWith(`${name}/`);
      const ours = imports.filter(isOther);
      const allowed = arrows[name] ?? assert.fail(`${name} has no arrows in this test`);
      assert.deepEqual(
        [...new Set(ours)].filter((specifier) => !allowed.includes(specifier)),
        [],
      );
    });
  }

  it("lets nobody import the packages on top", () => {
    const importers = packages.filter((candidate) => !onTop.has(candidate.name));
    for (const { name, imports } of importers) {
      assert.ok(!imports.some((specifier) => onTop.has(specifier)), name);
    }
  });

  it("keeps the pure packages free of Node's modules", () => {
    for (const { name, sources } of packages.filter((candidate) => pure.has(candidate.name))) {
      const imports = sources.flatMap((source) => importsOf(source.replace(pureImport, "")));
      assert.deepEqual(
        imports.filter((specifier) => specifier.startsWith("node:")),
        [],
        name,
      );
    }
  });

  it("lets chaincode see only the verifying half of the threshold package", () => {
    const chaincode = packages.find((candidate) => candidate.name === "@comity/chaincode");
    assert.ok(chaincode?.imports.includes("@comity/threshold/verify"));
  });

  it("keeps the top level to six folders and the files that belong there", () => {
    const folders = readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules")
      .map((entry) => relative(root, join(root, entry.name)));
    assert.deepEqual(folders.sort(), ["chaincode", "gateway", "network", "node", "ops", "test"]);
  });

  it("has a README in every package", () => {
    for (const { folder, name } of packages) {
      assert.match(readFileSync(join(root, folder, "README.md"), "utf8"), new RegExp(`^# ${name}`));
    }
  });
});
