export { Certificates } from "./certificates.ts";
export { HourlyLog } from "./hourlyLog.ts";
export { TipHours } from "./tipHours.ts";
export { TipReplicator } from "./tipReplicator.ts";
export { TipServer } from "./tipServer.ts";
export { TipService } from "./tipService.ts";
export { TipStore } from "./tipStore.ts";
export { serveTips } from "./tipStreams.ts";
