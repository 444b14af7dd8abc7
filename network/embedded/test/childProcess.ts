import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Member } from "./member.ts";

const chaincodeProgram = fileURLToPath(new URL("chaincodeProcess.js", import.meta.url));

/** Prints one line when it is ready. */
export function spawnLedger(configFile: string): ChildProcess {
  const program = fileURLToPath(import.meta.resolve("@comity/embedded/program"));
  return spawn(process.execPath, [program, configFile], { stdio: ["ignore", "pipe", "ignore"] });
}

/** Ready when this returns. */
export async function spawnChaincode(member: Member, port: number): Promise<ChildProcess> {
  const settings = {
    address: `127.0.0.1:${port}`,
    certificateFile: join(member.folder, "tls-cert.pem"),
    keyFile: join(member.folder, "tls-key.pem"),
    clientRootFile: join(member.folder, "tls-root.pem"),
  };
  const flags = ["--max-semi-space-size=2", "--max-old-space-size=128"];
  const child = spawn(process.execPath, [...flags, chaincodeProgram, JSON.stringify(settings)], {
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, CORE_PEER_LOCALMSPID: member.mspId, CORE_CHAINCODE_LOGGING_LEVEL: "error" },
  });
  await firstLine(child);
  return child;
}

/** Goes on draining the output afterwards: a full pipe would stop the child. */
export async function firstLine(child: ChildProcess): Promise<string> {
  const line = Promise.withResolvers<string>();
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    text = text.includes("\n") ? text : text + chunk.toString();
    if (text.includes("\n")) line.resolve(text.slice(0, text.indexOf("\n")));
  });
  child.once("exit", () => line.reject(new Error("the child ended before it was ready")));
  return line.promise;
}

export async function endProcess(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
}
