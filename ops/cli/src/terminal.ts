import type { Writable } from "node:stream";

/** How a command talks: lines for people, or one JSON document for a program and the lines on stderr. */
export interface Terminal {
  readonly isJson: boolean;
  /** A line for people. */
  say(line: string): void;
  /** What the command found out; `lines` say the same to people. */
  result(value: unknown, lines: readonly string[]): void;
}

/** A bundle's maker chooses some of the words: none of them may steer the reader's terminal and write something else there. */
function harmless(line: string): string {
  return line.replace(/[^\P{C}\n]/gu, "\u{fffd}");
}

export function terminal(isJson: boolean, out: Writable, err: Writable): Terminal {
  const forPeople = isJson ? err : out;
  const say = (line: string): void => void forPeople.write(`${harmless(line)}\n`);
  return {
    isJson,
    say,
    result: (value, lines) => {
      if (isJson) out.write(`${JSON.stringify(value)}\n`);
      else lines.forEach(say);
    },
  };
}
