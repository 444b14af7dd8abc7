import type { LedgerBlock } from "@comity/ledger";
import type {
  BondDocument,
  DigestDocument,
  EpochRecord,
  RegistryName,
  VenueDocument,
} from "@comity/protocol";
import type { RegistryChange } from "../ledger/change.ts";
import type { DecisionSubject, LoggedDecision } from "../signing/signingLog.ts";

/** The ledger as far as it says what is to be signed, and what has been. `LedgerView` fits. */
export interface DutyLedger {
  currentEpoch(): EpochRecord | undefined;
  venues(): readonly VenueDocument[];
  bonds(): readonly BondDocument[];
  digest(registry: RegistryName): DigestDocument | undefined;
  registryChange(registry: RegistryName): RegistryChange | undefined;
  onBlock(listener: (block: LedgerBlock) => void): void;
}

/** Signs through the member's one signing log, which holds the decision before anybody gets it. `DecisionSigner` fits. */
export interface DecisionMaker {
  decisionOn(digest: string): LoggedDecision | undefined;
  /** @throws SigningLogError SIGNING_SLOT_TAKEN */
  sign(subject: DecisionSubject, secretShare: Uint8Array): Promise<LoggedDecision>;
}

/** Sends transactions that may safely run twice. `LedgerClient` fits. */
export interface DutySubmitter {
  submitIdempotent(transaction: string, ...args: string[]): Promise<unknown>;
}
