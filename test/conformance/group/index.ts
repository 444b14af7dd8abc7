import type { Group } from "../case.ts";
import { call } from "./call.ts";
import { conflict } from "./conflict.ts";
import { delivery } from "./delivery.ts";
import { door } from "./door.ts";
import { event } from "./event.ts";
import { good } from "./good.ts";
import { heldBack } from "./heldBack.ts";
import { history } from "./history.ts";
import { outage } from "./outage.ts";
import { paging } from "./paging.ts";
import { policy } from "./policy.ts";
import { privateData } from "./private.ts";
import { refusal } from "./refusal.ts";
import { restart } from "./restart.ts";
import { shape } from "./shape.ts";
import { submission } from "./submission.ts";
import { validation } from "./validation.ts";

/** Those that stop processes come last. */
export const groups: readonly Group[] = [
  ...[good, shape, refusal, door, submission, validation, conflict, heldBack, policy],
  ...[paging, privateData, history, call, event, delivery, outage, restart],
];
