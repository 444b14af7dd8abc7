// Makes one file of many modules, after `tsc -b`: the pages' scripts, and the programs of which a coalition starts several on one machine. For a
// process to find and load a thousand modules one by one takes a second of processor time.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, globSync, rmSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

await Promise.all([
  pages("gateway/web"),
  program("network/embedded"),
  program("node"),
  program("gateway"),
  program("ops/cli", "coalition/exitWithParent"),
  chaincode(),
]);

async function pages(folder) {
  const site = `${folder}/dist/site`;
  if (!isStale(`${site}/page.js`, [`${folder}/static/**`])) return;
  rmSync(root + site, { recursive: true, force: true });
  cpSync(`${root}${folder}/static`, root + site, { recursive: true });
  const scripts = ["page", "venues", "bonds", "verifier"];
  await bundle({
    entryPoints: scripts.map((name) => `${folder}/src/${name}.ts`),
    outdir: site,
    target: "es2022",
    minify: true,
    legalComments: "linked",
    sourcemap: "linked",
  });
}

/** With what it preloads, beside it. */
async function program(folder, ...more) {
  const outdir = `${folder}/dist/bundle`;
  if (!isStale(`${outdir}/main.js`, [])) return;
  await bundle({
    entryPoints: ["main", ...more].map((name) => `${folder}/dist/src/${name}.js`),
    entryNames: "[name]",
    outdir,
    platform: "node",
    target: "node24",
    minifyWhitespace: true,
    // Native modules, and what finds files beside itself.
    external: ["@chainsafe/blst", "classic-level", "pkcs11js", "@comity/web"],
    // CommonJS modules in the bundle ask for Node's own.
    banner: {
      js: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`,
    },
  });
  warm(outdir);
}

/** Names and text as they were: Fabric derives contracts and arguments from them. */
async function chaincode() {
  const outdir = "chaincode/dist/bundle";
  if (!isStale(`${outdir}/main.js`, [])) return;
  await bundle({
    entryPoints: ["chaincode/dist/src/main.js"],
    outdir,
    format: "cjs",
    platform: "node",
    target: "node24",
    keepNames: true,
    external: ["@chainsafe/blst"],
  });
  warm(outdir);
}

/**
 * Has Node keep what it compiled, so that the first start is like any other. Without a configuration a program loads, says what it misses, and ends.
 */
function warm(outdir) {
  const cache = `${root}${outdir}/cache`;
  rmSync(cache, { recursive: true, force: true });
  const env = { NODE_COMPILE_CACHE: cache };
  spawnSync(process.execPath, [`${root}${outdir}/main.js`], { env, stdio: "ignore" });
}

function bundle(options) {
  return build({ absWorkingDir: root, bundle: true, format: "esm", logLevel: "warning", ...options });
}

/** Whether anything was compiled, installed or changed since. */
function isStale(output, sources) {
  if (!existsSync(root + output)) return true;
  const compiled = "{network/*,chaincode,node,node/attester,gateway,gateway/web,ops/cli}/dist/.tsbuildinfo";
  const always = ["ops/bundle.mjs", "node_modules/.package-lock.json", compiled];
  const madeMs = statSync(root + output).mtimeMs;
  return globSync([...always, ...sources], { cwd: root }).some(
    (file) => statSync(root + file).mtimeMs > madeMs,
  );
}
