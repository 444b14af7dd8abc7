import { join } from "node:path";
import {
  decodeCanonical,
  DomainError,
  encodeCanonical,
  hex,
  integer,
  object,
  optional,
  type Decoded,
} from "@comity/protocol";
import { decodeAcceptance, decodeDeal } from "@comity/threshold";
import { readSecret, removeSecret, writeSecret } from "../store/secretFile.ts";

export class KeyVaultError extends DomainError<"KEY_VAULT_INVALID" | "KEY_VAULT_NEWER"> {}

const secrets = object({
  attempt: integer(1, 1_000_000),
  encryptionSecret: hex(32),
  acceptance: decodeAcceptance,
  /** On disk before it is sent, and sent again byte for byte: a second, different deal would disqualify its dealer. */
  deal: optional(decodeDeal),
});
/** What a member must not lose while a key is made. */
export type AttemptSecrets = Decoded<typeof secrets>;

const MAX_BYTES = 1024 * 1024;

/** A member's secrets of the attempt in progress: one file, and none once the attempt has ended. */
export class KeyVault {
  readonly #path: string;

  constructor(directory: string) {
    this.#path = join(directory, "attempt.json");
  }

  /** @throws KeyVaultError KEY_VAULT_INVALID, SecretFileError */
  async load(attempt: number): Promise<AttemptSecrets | undefined> {
    const stored = await this.#read();
    return stored?.attempt === attempt ? stored : undefined;
  }

  /**
   * Attempts only go up, so secrets of a newer one are not given up for what some peer says of an older one.
   * @throws KeyVaultError KEY_VAULT_NEWER, and as `load`
   */
  async save(secrets: AttemptSecrets): Promise<void> {
    const stored = await this.#read();
    if (stored && stored.attempt > secrets.attempt) {
      throw new KeyVaultError(
        "KEY_VAULT_NEWER",
        `the secrets of attempt ${stored.attempt} are kept, not those of ${secrets.attempt}`,
      );
    }
    await writeSecret(this.#path, encodeCanonical(secrets));
  }

  async clear(): Promise<void> {
    await removeSecret(this.#path);
  }

  async #read(): Promise<AttemptSecrets | undefined> {
    const bytes = await readSecret(this.#path);
    return bytes && decode(bytes, this.#path);
  }
}

function decode(bytes: Uint8Array, path: string): AttemptSecrets {
  try {
    return secrets(decodeCanonical(bytes, MAX_BYTES));
  } catch {
    // The cause may quote the secret.
    throw new KeyVaultError("KEY_VAULT_INVALID", `${path} cannot be read`);
  }
}
