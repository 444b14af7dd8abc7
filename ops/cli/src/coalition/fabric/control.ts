import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { rm } from "node:fs/promises";
import { once } from "node:events";
import {
  type Decoded,
  DecodeError,
  type Decoder,
  literal,
  memberId,
  object,
  oneOf,
  text,
} from "@comity/protocol";
import { CliError, type CliErrorCode, domainErrorOf } from "../../cliError.ts";
import type { Coalition } from "../coalition.ts";
import type { Layout } from "../layout.ts";

const work = {
  "change-members": object({ do: literal("change-members") }),
  upgrade: object({ do: literal("upgrade"), programFile: text(4096) }),
  renew: object({ do: literal("renew"), memberId }),
  rejoin: object({ do: literal("rejoin"), memberId, part: oneOf("peer", "orderer") }),
};

/** What a command asks the process that runs a real network to do with it. */
export type Chore = { [D in keyof typeof work]: Decoded<(typeof work)[D]> }[keyof typeof work];

const chore: Decoder<Chore> = (value, path) => {
  const name = typeof value === "object" && value !== null && "do" in value ? value.do : undefined;
  if (typeof name !== "string" || !Object.hasOwn(work, name)) throw new DecodeError("do", "is unknown");
  return work[name as keyof typeof work](value, path);
};

const maxBytes = 16 * 1024;
/** Of a socket's path, as the kernel takes it. */
const maxPathBytes = 107;

/**
 * Takes chores from commands on this machine, one at a time. The socket lies in the coalition's own directory, which only its owner may enter.
 * @returns the end of it
 */
export async function serveControl(coalition: Coalition): Promise<() => Promise<void>> {
  const { controlSocket } = coalition.layout;
  if (isTooLong(controlSocket)) return () => Promise.resolve();
  let isBusy = false;
  const server = createServer((asked, answer) => {
    if (isBusy) {
      refuse(answer, new CliError("SUPERVISOR_BUSY", "The network is at work on another request."));
      return;
    }
    isBusy = true;
    void take(coalition, asked, answer).finally(() => (isBusy = false));
  });
  // Left by one that was killed; the lock says that nobody else serves it.
  await rm(controlSocket, { force: true });
  server.listen(controlSocket);
  await once(server, "listening");
  return async () => {
    server.close();
    server.closeAllConnections();
    await rm(controlSocket, { force: true });
  };
}

/** @throws CliError, or the error that the work ended with */
export async function askSupervisor(layout: Layout, wanted: Chore): Promise<void> {
  if (isTooLong(layout.controlSocket))
    throw new CliError(
      "SUPERVISOR_NONE",
      `${layout.controlSocket} is too long for a socket: use a shorter --data-dir.`,
    );
  const asking = request({ socketPath: layout.controlSocket, method: "POST", path: "/" });
  asking.end(JSON.stringify(wanted));
  const { status, told } = await answerTo(asking, layout);
  if (status === 200) return;
  const { code, message } = JSON.parse(told) as { readonly code: CliErrorCode; readonly message: string };
  throw new CliError(code, message);
}

/** Whole, or the process has ended meanwhile. */
async function answerTo(
  asking: ReturnType<typeof request>,
  layout: Layout,
): Promise<{ readonly status: number | undefined; readonly told: string }> {
  try {
    const [answer] = (await once(asking, "response")) as [IncomingMessage];
    return { status: answer.statusCode, told: await bodyOf(answer) };
  } catch (cause) {
    throw new CliError(
      "SUPERVISOR_NONE",
      `No process runs the network in ${layout.root}, or it has ended meanwhile. Start it with \`npm run fabric:up\` or \`npm start -- --ledger fabric\`.`,
      { cause },
    );
  }
}

async function take(coalition: Coalition, asked: IncomingMessage, answer: ServerResponse): Promise<void> {
  try {
    await carryOut(coalition, chore(JSON.parse(await bodyOf(asked))));
    answer.end("{}");
  } catch (error) {
    refuse(answer, error);
  }
}

function carryOut(coalition: Coalition, wanted: Chore): Promise<void> {
  const { upkeep } = coalition;
  switch (wanted.do) {
    case "change-members":
      return upkeep.changeMembers(coalition);
    case "upgrade":
      return upkeep.upgradeChaincode(wanted.programFile, coalition);
    case "renew":
      return upkeep.renewCertificates(wanted.memberId, coalition);
    case "rejoin":
      return wanted.part === "peer"
        ? upkeep.rejoinBySnapshot(wanted.memberId, coalition)
        : upkeep.rejoinOrderer(wanted.memberId, coalition);
  }
}

function refuse(answer: ServerResponse, error: unknown): void {
  const code = domainErrorOf(error)?.code ?? "NOT_READY";
  const message = error instanceof Error ? error.message : String(error);
  answer.writeHead(409).end(JSON.stringify({ code, message }));
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of message as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBytes) throw new CliError("USAGE", "The request is too long.");
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function isTooLong(path: string): boolean {
  return Buffer.byteLength(path) > maxPathBytes;
}
