import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import type { KeyPairFiles } from "@comity/fabric";
import { type BatchItem, encodeBatch } from "@comity/protocol";

export interface IntakeAnswer {
  readonly items: readonly (
    | { readonly status: "accepted"; readonly index: number }
    | { readonly status: "refused"; readonly code: string; readonly detail: string }
  )[];
  readonly nonceEpoch: string;
}

export interface HostAnswer {
  readonly segmentNumber: string;
  readonly nonceEpoch: string;
}

const ANSWER_TIMEOUT_MS = 30_000;

/** A node's intake, over mutual TLS as a site's attester. */
export class Intake {
  readonly #url: string;
  readonly #agent: Agent;

  constructor(url: string, tls: KeyPairFiles & { readonly rootFile: string }) {
    this.#url = url;
    this.#agent = new Agent({
      keepAlive: true,
      minVersion: "TLSv1.3",
      cert: readFileSync(tls.certificateFile),
      key: readFileSync(tls.keyFile),
      ca: readFileSync(tls.rootFile),
    });
  }

  async send(items: readonly BatchItem[]): Promise<IntakeAnswer> {
    return (await this.#ask("POST", "/v1/segments", encodeBatch(items))) as IntakeAnswer;
  }

  async host(hostId: string): Promise<HostAnswer> {
    return (await this.#ask("GET", `/v1/hosts/${hostId}`)) as HostAnswer;
  }

  close(): void {
    this.#agent.destroy();
  }

  #ask(method: string, path: string, body?: Uint8Array): Promise<unknown> {
    const answer = Promise.withResolvers<unknown>();
    const outgoing = request(new URL(path, this.#url), {
      method,
      agent: this.#agent,
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      headers: body ? { "content-type": "application/octet-stream", "content-length": body.length } : {},
    });
    outgoing.once("error", answer.reject);
    outgoing.once("response", (response) => {
      const parts: Buffer[] = [];
      response.once("error", answer.reject);
      response.on("data", (part: Buffer) => parts.push(part));
      response.once("end", () => {
        const text = Buffer.concat(parts).toString("utf8");
        if (response.statusCode === 200) answer.resolve(JSON.parse(text));
        else answer.reject(new Error(`the intake answers ${response.statusCode}: ${text}`));
      });
    });
    outgoing.end(body);
    return answer.promise;
  }
}
