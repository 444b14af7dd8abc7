export { openTips, type Tips } from "./openTips.ts";
export { TipServer } from "./tipServer.ts";
