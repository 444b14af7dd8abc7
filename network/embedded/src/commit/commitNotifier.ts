export interface CommitStatus {
  readonly block: number;
  readonly code: number;
}

/** Who waits for which transaction. */
export class CommitNotifier {
  readonly #waiting = new Map<string, Set<(status: CommitStatus) => void>>();

  committed(txId: string, status: CommitStatus): void {
    const waiting = this.#waiting.get(txId);
    this.#waiting.delete(txId);
    for (const tell of waiting ?? []) tell(status);
  }

  /** Calls back once. The result ends the wait early. */
  onCommitted(txId: string, tell: (status: CommitStatus) => void): () => void {
    const waiting = this.#waiting.get(txId) ?? new Set();
    this.#waiting.set(txId, waiting.add(tell));
    return () => {
      waiting.delete(tell);
      if (waiting.size === 0 && this.#waiting.get(txId) === waiting) this.#waiting.delete(txId);
    };
  }
}
