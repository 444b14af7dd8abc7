import { DutySigner } from "../duty/index.ts";
import { KeyStore } from "../keygen/keyStore.ts";
import { ShareFiles } from "../keygen/shareFiles.ts";
import { Cosigner } from "../signing/index.ts";
import { signingRules } from "../signing/signingRules.ts";
import { AlertAppraiser, Detector, EvidenceSource } from "../watchfloor/index.ts";
import type { Core } from "./core.ts";
import { answerTimeoutMs, type EvidenceParts } from "./evidenceParts.ts";
import type { LedgerParts } from "./ledgerParts.ts";

/** Detection, appraisal and signatures. */
export interface CosigningParts {
  readonly evidence: EvidenceSource;
  readonly shares: ShareFiles;
  readonly keyStore: KeyStore;
  readonly cosigner: Cosigner;
  readonly detector: Detector;
  readonly duties: DutySigner;
}

/** Real ms. */
export const staggerMs = 1000;
/** A month of a large site, page by page, from another member. */
export const rangeTimeoutMs = 120_000;
const signing = { regossipMs: 2000, fileStaggerMs: staggerMs };
const appraisal = { retryMs: 500, patienceMs: 30_000 };
const detection = {
  scanMs: 1000,
  staggerMs: 3000,
  firstPauseMs: 5000,
  longestPauseMs: 300_000,
  deferenceMs: 30_000,
};

export async function openCosigningParts(
  core: Core,
  { ledger: submitter, view, identity }: LedgerParts,
  { logs, network, archive }: EvidenceParts,
): Promise<CosigningParts> {
  const { networkId, genesis, memberCount, verify, clock, logOf, inData, ...common } = core;
  const { index: ownIndex } = identity;
  const evidence = new EvidenceSource(
    { ownIndex, answerTimeoutMs, rangeTimeoutMs },
    { genesis, logs, network, archive, verify },
  );
  const appraiser = new AlertAppraiser(
    { networkId, ...appraisal },
    { genesis, ledger: view, evidence, verify, clock },
  );
  const shares = new ShareFiles(inData("keys"));
  const keyStore = new KeyStore({ shares, ledger: view });
  const deps = { ...common, network, ledger: view, submitter, shares: keyStore, verify, clock };
  const cosigner = await Cosigner.open(
    { genesis, networkId, memberCount, directory: inData("signing"), ...signing, ...signingRules(genesis) },
    { ...deps, identity, appraiser, log: logOf("signing") },
  );
  const detector = new Detector(
    { ownIndex, ...detection },
    { ...deps, genesis, logs, proposals: cosigner, appraiser, archive, log: logOf("detector") },
  );
  const duties = new DutySigner(
    { networkId, ownIndex, memberCount, ...signing },
    { ...deps, signer: cosigner.signer, log: logOf("duty") },
  );
  return { evidence, shares, keyStore, cosigner, detector, duties };
}
