import { pino, type Level } from "pino";

/** What the parts of the node log with: a constant message, and fields that hold no secret and no evidence. */
export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  child(fields: Readonly<Record<string, unknown>>): Log;
}

/** What nearly all of them need of it. */
export type PartLog = Pick<Log, "info" | "warn">;

/** Lines of JSON on standard error: standard output belongs to events. */
export function createLog(level: Level, memberId: string): Log {
  return wrap(pino({ level, base: { memberId } }, pino.destination({ dest: 2, sync: true })));
}

interface Sink {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Sink;
}

function wrap(sink: Sink): Log {
  return {
    info: (message, fields) => sink.info(printable(fields), message),
    warn: (message, fields) => sink.warn(printable(fields), message),
    error: (message, fields) => sink.error(printable(fields), message),
    child: (fields) => wrap(sink.child(fields)),
  };
}

/** pino serialises an error only under the key `err`. */
function printable(fields: Readonly<Record<string, unknown>> = {}): object {
  return Object.hasOwn(fields, "error") ? { ...fields, error: undefined, err: fields["error"] } : fields;
}
