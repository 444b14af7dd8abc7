import { MAX_BUNDLE_BYTES } from "@comity/protocol";
import type { NodeConsole, NodeStatus } from "../service/nodeConsole.ts";
import { readBounded } from "./readBounded.ts";

export interface HttpNodeConsoleOptions {
  readonly memberId: string;
  readonly consoleUrl: string;
  readonly statusTimeoutMs: number;
  /** A node gathers evidence from others before it answers, so this is the longer one. */
  readonly bundleTimeoutMs: number;
}

const MAX_STATUS_BYTES = 1024 * 1024;

/** A member's node, asked over its console. It never throws for what a node does wrong: that is an answer too. */
export class HttpNodeConsole implements NodeConsole {
  readonly memberId: string;
  readonly #base: string;
  readonly #options: HttpNodeConsoleOptions;

  constructor(options: HttpNodeConsoleOptions) {
    this.memberId = options.memberId;
    this.#base = options.consoleUrl.replace(/\/+$/, "");
    this.#options = options;
  }

  async status(): Promise<NodeStatus> {
    const bounds = { maxBytes: MAX_STATUS_BYTES, timeoutMs: this.#options.statusTimeoutMs };
    const [ready, status] = await Promise.all([
      this.#get("/readyz", bounds),
      this.#get("/v1/status", bounds),
    ]);
    if (!ready) return { state: "unreachable" };
    const ledgerHeight = status?.status === 200 ? heightOf(status.body) : undefined;
    return {
      state: ready.status === 200 ? "ready" : "unready",
      ...(ledgerHeight !== undefined && { ledgerHeight }),
    };
  }

  async bundle(alertId: string): Promise<Uint8Array | "absent" | "unreachable"> {
    const bounds = { maxBytes: MAX_BUNDLE_BYTES, timeoutMs: this.#options.bundleTimeoutMs };
    const answer = await this.#get(`/v1/alerts/${encodeURIComponent(alertId)}/bundle`, bounds);
    if (answer?.status === 200) return answer.body;
    return answer?.status === 404 ? "absent" : "unreachable";
  }

  async #get(path: string, { maxBytes, timeoutMs }: Bounds): Promise<Answer | undefined> {
    try {
      const response = await fetch(this.#base + path, {
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { status: response.status, body: await readBounded(response, maxBytes) };
    } catch {
      return undefined;
    }
  }
}

interface Bounds {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
}

/** The height as a node reports it; nothing where it reports none in a form that we know. */
function heightOf(body: Uint8Array): string | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    if (typeof value !== "object" || value === null || !("ledgerHeight" in value)) return undefined;
    const height = String(value.ledgerHeight);
    return /^(0|[1-9][0-9]{0,18})$/.test(height) ? height : undefined;
  } catch {
    return undefined;
  }
}
