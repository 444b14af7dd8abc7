// Builds the pages into dist/site: their scripts and the files of static/. Run after `tsc -b`, since it bundles @comity/protocol's output.
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const site = here("dist/site");

rmSync(site, { recursive: true, force: true });
mkdirSync(site, { recursive: true });
cpSync(here("static"), site, { recursive: true });
await build({
  entryPoints: {
    page: here("src/page.ts"),
    venues: here("src/venues.ts"),
    bonds: here("src/bonds.ts"),
    verifier: here("src/verifier.ts"),
  },
  outdir: site,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "linked",
  sourcemap: "linked",
  logLevel: "warning",
});
