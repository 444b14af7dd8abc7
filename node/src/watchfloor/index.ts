export { AlertAppraiser, type AlertAppraiserDeps, type AlertAppraiserOptions } from "./appraiser.ts";
export { type BundleDeps, bundleFor } from "./bundleFor.ts";
export { CheckpointArchive } from "./checkpointArchive.ts";
export { Detector, type DetectorDeps, type DetectorOptions } from "./detector.ts";
export { EvidenceSource, type EvidenceSourceDeps, type EvidenceSourceOptions } from "./evidenceSource.ts";
export type { WatchedHead, WatchedLogs, WatchfloorLedger } from "./ports.ts";
