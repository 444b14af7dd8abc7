import { createHash } from "node:crypto";
import { Kept } from "../service/kept.ts";
import { currentHeight } from "../service/projectionHealth.ts";
import type { ProjectionView } from "../service/projectionView.ts";

/** An answer as it goes out. */
export interface Answer {
  readonly bytes: Buffer;
  readonly etag: string;
}

/** Answers as of the newest block, written once for all who ask before the next one. */
export class BlockAnswers {
  readonly #view: Pick<ProjectionView, "status">;
  readonly #kept: Kept<Answer>;
  readonly #making = new Map<string, Promise<Answer>>();
  #height = -1;

  constructor(
    options: { readonly maxBytes: number },
    deps: { readonly view: Pick<ProjectionView, "status"> },
  ) {
    this.#view = deps.view;
    this.#kept = new Kept({ ...options, sizeOf: ({ bytes }) => bytes.length });
  }

  /** @throws GatewayError PROJECTION_BROKEN, PROJECTION_BEHIND, and whatever `make` throws */
  get(question: string, make: () => Promise<unknown>): Answer | Promise<Answer> {
    const height = currentHeight(this.#view);
    if (height !== this.#height) {
      this.#kept.clear();
      this.#making.clear();
      this.#height = height;
    }
    return this.#kept.get(question) ?? this.#making.get(question) ?? this.#make(question, height, make);
  }

  #make(question: string, height: number, make: () => Promise<unknown>): Promise<Answer> {
    const making = make().then((value) => {
      const answer = answerOf(Buffer.from(JSON.stringify(value)));
      if (height === this.#height) this.#kept.set(question, answer);
      return answer;
    });
    this.#making.set(question, making);
    const forget = (): void => {
      if (this.#making.get(question) === making) this.#making.delete(question);
    };
    making.then(forget, forget);
    return making;
  }
}

/** Strong: the hash of the very bytes. */
export function etagOf(bytes: string | Uint8Array): string {
  return `"${createHash("sha256").update(bytes).digest("base64url")}"`;
}

function answerOf(bytes: Buffer): Answer {
  return { bytes, etag: etagOf(bytes) };
}
