import { conformance } from "./suite.ts";

conformance("fabric");
