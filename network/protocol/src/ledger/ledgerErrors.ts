/**
 * Every code with which the chaincode refuses a transaction; closed, never reused or renamed. A refusal reads `CODE: sentence`.
 * Programs compare the code, people read the sentence.
 */
export const ledgerErrorCodes = [
  // arguments
  "CANONICAL_SIZE",
  "CANONICAL_SYNTAX",
  "CANONICAL_FORM",
  "DOCUMENT_INVALID",
  "ARGUMENT_INVALID",
  "PAGE_SIZE",
  "BOOKMARK_INVALID",
  "TRANSACTION_UNKNOWN",
  // caller
  "CALLER_UNKNOWN",
  "CALLER_ROLE",
  "CALLER_RELATION",
  // genesis and register
  "GENESIS_MISSING",
  "GENESIS_MISMATCH",
  "PEER_SIGNATURE",
  "PEER_TAKEN",
  // joining and leaving
  "MEMBERSHIP_UNKNOWN",
  "MEMBERSHIP_STALE",
  "MEMBERSHIP_OPEN",
  "MEMBERSHIP_SIZE",
  "MEMBERSHIP_KEY",
  "MEMBER_EXISTS",
  "MEMBER_UNKNOWN",
  "MEMBER_SIGNATURE",
  "MEMBER_SHARELESS",
  // time
  "TIME_INVALID",
  "BUCKET_CLOSED",
  "BUCKET_EARLY",
  "BUCKET_ORDER",
  // key generation
  "KEY_SESSION_MISSING",
  "KEY_SESSION_OPEN",
  "KEY_ACTIVE",
  "KEY_ATTEMPT",
  "KEY_THRESHOLD",
  "KEY_PHASE",
  "KEY_WINDOW_OPEN",
  "KEY_ACCEPT_INVALID",
  "KEY_ACCEPT_EXISTS",
  "KEY_ACCEPT_MISSING",
  "KEY_MEMBER_BARRED",
  "KEY_DEALER_EXCLUDED",
  "DEAL_INVALID",
  "DEAL_MISSING",
  "ACCUSATION_FALSE",
  "KEY_CONFIRM_INVALID",
  "KEY_SIGNATURE_INVALID",
  "KEY_SIGNATURES_MISSING",
  // facilities
  "OPERATOR_EXISTS",
  "OPERATOR_UNKNOWN",
  "SITE_EXISTS",
  "SITE_UNKNOWN",
  "SITE_LIMIT",
  "HOST_EXISTS",
  "HOST_UNKNOWN",
  "HOST_KEY_MISMATCH",
  "HOST_KEY_WEAK",
  "HOST_SIGNATURE",
  "SERIAL_TAKEN",
  // notices
  "NOTICE_EXISTS",
  "NOTICE_UNKNOWN",
  "NOTICE_REVISION_UNKNOWN",
  "NOTICE_NOT_REQUIRED",
  "NOTICE_COMPUTE",
  "NOTICE_PERIOD",
  "NOTICE_FACILITY",
  "NOTICE_STATE",
  "NOTICE_START_FROZEN",
  "NOTICE_EARLY",
  "NOTICE_ENDED",
  // alerts
  "ALERT_UNKNOWN",
  "ALERT_SUBJECT",
  "ALERT_WINDOW",
  "ALERT_RANGE",
  "ALERT_OBSERVED",
  "ALERT_PROJECTION",
  "ALERT_RULE",
  "ALERT_EPOCH",
  "ALERT_SIGNATURE",
  "ALERT_DECISIONS",
  "ALERT_NOT_GREATER",
  // sureties and bonds
  "SURETY_EXISTS",
  "SURETY_UNKNOWN",
  "BOND_EXISTS",
  "BOND_UNKNOWN",
  "BOND_REVISION",
  "BOND_REVISION_UNKNOWN",
  "BOND_STATE",
  "BOND_AMOUNT",
  "BOND_NOTICE",
  "BOND_TRIGGER_OPEN",
  "SWEEP_LIMIT",
  // model checkpoints
  "CADENCE_EXISTS",
  "CADENCE_UNKNOWN",
  "MODEL_CHECKPOINT_EXISTS",
  "MODEL_CHECKPOINT_UNKNOWN",
  "MODEL_CHECKPOINT_TIME",
  "SALTED_HASH_TAKEN",
  // designations
  "VENUE_EXISTS",
  "VENUE_UNKNOWN",
  "VENUE_REVISION_UNKNOWN",
  "VENUE_STATE",
  "VENUE_CLOCK",
  "VOTE_EXISTS",
  "VOTE_REVISION",
  "VOTE_ELECTORATE",
  "PUBLICATION_REVISION",
  "PUBLICATION_SIGNATURE",
  // digests
  "DIGEST_UNKNOWN",
  "DIGEST_EPOCH",
  "DIGEST_SIGNATURE",
  // tips
  "TIP_KEY_SIGNATURE",
  "TIP_OFFICER_UNKNOWN",
  "TIP_HOUR_OPEN",
  "TIP_HOUR_CLOSED",
  "TIP_ROOT_EXISTS",
  "OPENING_EXISTS",
  "OPENING_UNKNOWN",
  "OPENING_MEMBER",
  "OPENING_APPROVED",
] as const;

export type LedgerErrorCode = (typeof ledgerErrorCodes)[number];

const known: ReadonlySet<string> = new Set(ledgerErrorCodes);

export function isLedgerErrorCode(code: string): code is LedgerErrorCode {
  return known.has(code);
}

/** What fabric-shim says before it asks a contract of ours: nobody but it could give these a code. */
const dispatcherTexts: readonly (readonly [RegExp, LedgerErrorCode])[] = [
  [/Expected \d+ parameters, but \d+ have been supplied$/, "ARGUMENT_INVALID"],
  [/Contract name is not known: .*$/s, "TRANSACTION_UNKNOWN"],
];

/**
 * Reads the first `CODE: sentence` of ours in whatever Fabric wrapped around it, the sentence up to the end; undefined where there is no
 * code of ours.
 */
export function parseLedgerError(message: string): { code: LedgerErrorCode; text: string } | undefined {
  for (const match of message.matchAll(/\b([A-Z][A-Z_]+[A-Z]): /g)) {
    const code = match[1] ?? "";
    if (isLedgerErrorCode(code)) return { code, text: message.slice(match.index + match[0].length) };
  }
  for (const [form, code] of dispatcherTexts) {
    const [text] = form.exec(message) ?? [];
    if (text !== undefined) return { code, text };
  }
  return undefined;
}
