export { attesterOf, type AttesterIdentity } from "./clientCertificate.ts";
export { createEd25519Verify } from "./ed25519.ts";
export { rememberedVerify } from "./rememberedVerify.ts";
export { Intake } from "./intake.ts";
export {
  type IntakeCounters,
  type IntakeOutcome,
  intakeOutcomes,
  type RequestOutcome,
  requestOutcomes,
} from "./intakeCounters.ts";
export { IntakeError, type IntakeErrorCode } from "./intakeError.ts";
export type { Enrolments, IntakeDeps, IntakeOptions, Replicator } from "./intakePorts.ts";
export { IntakeServer, type IntakeServerDeps, type IntakeServerOptions } from "./intakeServer.ts";
export { type RefusalCode, refusalCodes } from "./refusal.ts";
