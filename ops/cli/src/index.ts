export { CliError, type CliErrorCode } from "./cliError.ts";
export type { ProcessEvent } from "./coalition/child.ts";
export {
  type Coalition,
  type CoalitionDeps,
  type CoalitionOptions,
  startCoalition,
  storyClock,
} from "./coalition/coalition.ts";
export type { Network, NetworkMember } from "./coalition/networkFile.ts";
export { nodeProgram, type ProcessSpec } from "./coalition/processSpec.ts";
export type { ProcessState } from "./coalition/supervisor.ts";
export { opensslEd25519 } from "./opensslEd25519.ts";
export { type BondedRun, type BondOutcome, type BondStage, playBond } from "./story/bond.ts";
export { playVenue, type VenueGrounds, type VenueOutcome, type VenueStage } from "./story/venue.ts";
