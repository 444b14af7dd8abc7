export type { Equivocation, EvidenceLogs, LogHead, LogItem } from "./evidenceLog.ts";
export { type EvidenceLogsDeps, type EvidenceLogsOptions, FileEvidenceLogs } from "./fileEvidenceLogs.ts";
export { LogError, type LogErrorCode } from "./logError.ts";
export { parseTilePath, type TileName, tilePath } from "./tilePath.ts";
