export { DutySigner, type DutySignerDeps, type DutySignerOptions } from "./dutySigner.ts";
export type { DecisionMaker, DutyLedger, DutySubmitter } from "./ports.ts";
