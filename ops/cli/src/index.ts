export { serveControl } from "./coalition/fabric/control.ts";
export { CliError, type CliErrorCode } from "./cliError.ts";
export type { ProcessEvent } from "./coalition/child.ts";
export type { Coalition, CoalitionDeps, CoalitionOptions } from "./coalition/coalition.ts";
export { startCoalition, storyClock } from "./coalition/startCoalition.ts";
export { createNetwork } from "./coalition/createNetwork.ts";
export { healthy, localFabric } from "./coalition/fabric/localFabric.ts";
export { freePorts, loopback } from "./coalition/freePorts.ts";
export { keyPairIn, Layout } from "./coalition/layout.ts";
export { connectAs } from "./coalition/ledgerAccess.ts";
export {
  type LedgerEngineName,
  type Network,
  type NetworkMember,
  readNetwork,
} from "./coalition/networkFile.ts";
export { nativeProgram, nodeProgram, type ProcessSpec } from "./coalition/processSpec.ts";
export { until } from "./coalition/readiness.ts";
export { type ProcessState, Supervisor } from "./coalition/supervisor.ts";
export { type BondedRun, type BondOutcome, type BondStage, playBond } from "./story/bond.ts";
export { playVenue, type VenueGrounds, type VenueOutcome, type VenueStage } from "./story/venue.ts";
export { ulid } from "./ulid.ts";
