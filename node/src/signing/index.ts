export { Cosigner, type CosignerDeps, type CosignerOptions, SigningError } from "./cosigner.ts";
export { DecisionSigner } from "./decisionSigner.ts";
export type {
  AlertSubmitter,
  Appraisal,
  Appraiser,
  NodeEvent,
  RefusalCode,
  ShareStore,
  SigningIdentity,
  SigningLedger,
} from "./ports.ts";
export type { ProposalStatus } from "./proposalStatus.ts";
export { type DecisionSubject, type LoggedDecision, SigningLog, SigningLogError } from "./signingLog.ts";
