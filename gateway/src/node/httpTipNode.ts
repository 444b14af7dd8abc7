import { DomainError, hex, object, tipHourNumber } from "@comity/protocol";
import { decodeCertificate, decodeHour, type TipCertificate, type TipHour, type TipPlace } from "@comity/tip";
import { GatewayError, type GatewayErrorCode } from "../service/gatewayError.ts";
import type { TipNode } from "../service/tipNode.ts";
import { readBounded } from "./readBounded.ts";

export interface HttpTipNodeOptions {
  readonly url: string;
  readonly timeoutMs: number;
}

const MAX_ANSWER_BYTES = 256 * 1024;
const decodePlace = object({ cellHash: hex(32), tipHour: tipHourNumber });

/** The tip server of the member's own node, over loopback. */
export class HttpTipNode implements TipNode {
  readonly #base: string;
  readonly #options: HttpTipNodeOptions;

  constructor(options: HttpTipNodeOptions) {
    this.#base = options.url.replace(/\/+$/, "");
    this.#options = options;
  }

  async accept(cell: Uint8Array): Promise<TipPlace> {
    const headers = { "content-type": "application/octet-stream" };
    const init = { method: "POST", headers, body: Buffer.from(cell) };
    const answer = await this.#ask("/v1/tips", init);
    return understood(() => decodePlace(JSON.parse(new TextDecoder().decode(answer))));
  }

  async certificate(cellHash: string): Promise<TipCertificate> {
    const answer = await this.#ask(`/v1/tips/${cellHash}/certificate`);
    return understood(() => decodeCertificate(answer));
  }

  async hour(tipHour: number): Promise<TipHour> {
    const answer = await this.#ask(`/v1/tip-hours/${tipHour}`);
    return understood(() => decodeHour(answer));
  }

  async #ask(path: string, init: RequestInit = {}): Promise<Uint8Array> {
    const { response, body } = await this.#fetch(path, init);
    if (response.status === 200) return body;
    throw refusalOf(body);
  }

  async #fetch(path: string, init: RequestInit): Promise<{ response: Response; body: Uint8Array }> {
    const signal = AbortSignal.timeout(this.#options.timeoutMs);
    try {
      const response = await fetch(this.#base + path, { ...init, redirect: "error", signal });
      return { response, body: await readBounded(response, MAX_ANSWER_BYTES) };
    } catch (cause) {
      const text = "The node that keeps tips does not answer. Send it again later.";
      throw new GatewayError("NODES_UNREACHABLE", text, { cause });
    }
  }
}

/** What visitors may hear of a node's refusal; anything else is its own trouble. */
const refusals: Readonly<Record<string, readonly [code: GatewayErrorCode, text: string]>> = {
  TIP_UNKNOWN: ["TIP_UNKNOWN", "This gateway took no such tip."],
  TIP_CERTIFICATE_PENDING: ["TIP_CERTIFICATE_PENDING", "Too few members hold the tip as yet. Ask again."],
  TIP_HOUR_RUNNING: [
    "TIP_HOUR_RUNNING",
    "The hour is not over, so it has no list yet. Ask again when it is.",
  ],
  TIP_FULL: ["TIPS_FULL", "This hour's list is full. Send it again in the next hour, or to another gateway."],
  TIP_BUSY: ["GATEWAY_BUSY", "The gateway is taking as many tips as it can. Send it again in a second."],
};

function refusalOf(body: Uint8Array): GatewayError {
  const known = refusals[codeIn(body)];
  if (known !== undefined) return new GatewayError(...known);
  return new GatewayError(
    "NODES_UNREACHABLE",
    "The node that keeps tips cannot do this now. Ask again later.",
  );
}

function codeIn(body: Uint8Array): string {
  try {
    const { code } = JSON.parse(new TextDecoder().decode(body)) as { code?: unknown };
    return typeof code === "string" ? code : "";
  } catch {
    return "";
  }
}

function understood<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (!(cause instanceof DomainError || cause instanceof SyntaxError)) throw cause;
    throw new GatewayError(
      "NODES_UNREACHABLE",
      "The node that keeps tips gave an answer that cannot be read.",
      {
        cause,
      },
    );
  }
}
