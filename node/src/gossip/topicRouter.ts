import type { TopicHandler, TopicVerdicts, Verdict } from "./network.ts";
import type { PartLog } from "../telemetry/log.ts";
import type { MemberDirectory } from "./memberDirectory.ts";

interface Topic {
  readonly maxBytes: number;
  readonly handler: TopicHandler;
  readonly counts: Record<Verdict, number>;
}

/**
 * The one place that acts on what the topics' rules say. Before a topic's own rule come the two that hold for all: the size,
 * and that the author's peer id is a member's.
 */
export class TopicRouter {
  readonly #directory: MemberDirectory;
  readonly #log: PartLog;
  readonly #topics = new Map<string, Topic>();

  constructor(deps: { readonly directory: MemberDirectory; readonly log: PartLog }) {
    this.#directory = deps.directory;
    this.#log = deps.log;
  }

  add(topic: string, maxBytes: number, handler: TopicHandler): void {
    this.#topics.set(topic, { maxBytes, handler, counts: { accept: 0, ignore: 0, reject: 0 } });
  }

  async route(name: string, bytes: Uint8Array, authorPeerId: string): Promise<Verdict> {
    const topic = this.#topics.get(name);
    if (!topic) return "ignore";
    const verdict = await this.#judge(name, topic, bytes, authorPeerId);
    topic.counts[verdict] += 1;
    return verdict;
  }

  verdicts(): TopicVerdicts[] {
    return [...this.#topics].map(([topic, { counts }]) => ({ topic, ...counts }));
  }

  async #judge(name: string, topic: Topic, bytes: Uint8Array, authorPeerId: string): Promise<Verdict> {
    if (bytes.length > topic.maxBytes) return "reject";
    const from = this.#directory.indexOf(authorPeerId);
    // Ignored, not rejected: whoever forwarded it may have read a newer register.
    if (from === undefined) return "ignore";
    try {
      return await topic.handler(bytes, from);
    } catch (error) {
      // A rule that throws is our own fault, never the peer's.
      this.#log.warn("topic handler failed", { topic: name, error: String(error) });
      return "ignore";
    }
  }
}
