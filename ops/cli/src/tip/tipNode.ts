import { CELL_BYTES, cellHashOf } from "@comity/tip";
import { CliError } from "../cliError.ts";
import { consoleUrl } from "../coalition/processes.ts";

const timeoutMs = 30_000;

/** A sealed tip, from the member's own node, which asks other members' where it has none. */
export async function fetchCell(port: number, cellHash: string): Promise<Uint8Array> {
  const { status, body } = await get(`${consoleUrl(port)}/v1/tips/${cellHash}`);
  if (status === 200 && body.length === CELL_BYTES && cellHashOf(body) === cellHash) return body;
  throw new CliError("TIP_UNKNOWN", `No member that answers holds a tip ${cellHash}.`);
}

async function get(url: string): Promise<{ status: number; body: Uint8Array }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) };
  } catch (cause) {
    throw new CliError(
      "NETWORK_UNREACHABLE",
      "The member's node does not answer. Start the coalition with `comity up`.",
      { cause },
    );
  }
}
