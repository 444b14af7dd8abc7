/** How an orderer or a peer is, as it says itself on its operations port. */
export interface Health {
  /** `orderer-xa`, `peer-xa`. */
  readonly name: string;
  readonly isWell: boolean;
  /** Blocks that it has of the channel; undefined before it has joined, and where it does not answer. */
  readonly height: number | undefined;
}

const limitMs = 2_000;

export async function healthOf(
  { name, port }: { readonly name: string; readonly port: number },
  channel: string,
  signal: AbortSignal,
): Promise<Health> {
  try {
    const healthz = await get(port, "healthz", signal);
    const metrics = await get(port, "metrics", signal);
    return { name, isWell: healthz.isOk && metrics.isOk, height: heightIn(metrics.text, channel) };
  } catch {
    return { name, isWell: false, height: undefined };
  }
}

async function get(port: number, path: string, signal: AbortSignal) {
  const within = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  const response = await fetch(`http://127.0.0.1:${port}/${path}`, { signal: within });
  return { isOk: response.ok, text: await response.text() };
}

/** Of the ledger; where an orderer shows none, of the newest block that it agreed on with others, which counts from 0 and stands still while it catches up. */
export function heightIn(metrics: string, channel: string): number | undefined {
  const value = (name: string): number | undefined => {
    const line = metrics.split("\n").find((each) => each.startsWith(`${name}{channel="${channel}"} `));
    return line === undefined ? undefined : Number(line.split(" ")[1]);
  };
  const newest = value("consensus_BFT_committed_block_number");
  return value("ledger_blockchain_height") ?? (newest === undefined ? undefined : newest + 1);
}
