import type { CoalitionDeps, ProcessEvent } from "@comity/cli";
import { within } from "./eventually.ts";

export interface Told {
  readonly process: string;
  readonly event: ProcessEvent;
}

type Match = (told: Told) => boolean;

/** Everything that the coalition's processes said of themselves, in order. */
export class EventBook {
  readonly told: Told[] = [];
  #next = Promise.withResolvers<undefined>();

  readonly listener: CoalitionDeps["onEvent"] = (process, event) => {
    this.told.push({ process, event });
    this.#next.resolve(undefined);
    this.#next = Promise.withResolvers<undefined>();
  };

  /** A position: `until` looks only at what is told from there on. */
  get now(): number {
    return this.told.length;
  }

  has(match: Match, from = 0): boolean {
    return this.told.slice(from).some(match);
  }

  /** Resolves in the very turn in which the event comes. */
  until(what: string, match: Match, from = 0, timeoutMs = 60_000): Promise<Told> {
    return within(timeoutMs, what, this.#first(match, from));
  }

  async #first(match: Match, from: number): Promise<Told> {
    for (let position = from; ; position++) {
      while (position >= this.told.length) await this.#next.promise;
      const told = this.told[position];
      if (told !== undefined && match(told)) return told;
    }
  }
}

/** The event of that name in that process, or in any. */
export function is(name: string, process?: string): Match {
  return ({ event, ...told }) => event.event === name && (process === undefined || told.process === process);
}
