import { type Decoder, DecodeError } from "./decode.ts";
import { type CaseStatement, caseKind, decodeCaseStatement } from "./ledger/designation.ts";
import { decodeDigest, type DigestStatement } from "./registry.ts";

/**
 * Kinds of statements that nobody proposes: what they say follows from the ledger and their slot alone, so every node makes them anew and
 * signs only its own bytes. A member signs one statement a slot.
 */
export const dutyKinds = ["designation", "delisting", "digest"] as const;
export type DutyKind = (typeof dutyKinds)[number];
export type DutyStatement = CaseStatement | DigestStatement;

export function dutyKind(statement: DutyStatement): DutyKind {
  return statement.type === "comity/v1/digest" ? "digest" : caseKind(statement);
}

/** What may be signed only once under a key: a registry after a block, a case at a revision. */
export function dutySlot(statement: DutyStatement): string {
  return statement.type === "comity/v1/digest"
    ? `${statement.registry} ${statement.ledger.height}`
    : `${statement.venueId} ${statement.rev}`;
}

/** A statement of a kind. @throws DecodeError */
export function decodeDutyStatement(kind: DutyKind): Decoder<DutyStatement> {
  return (value, path = "") => {
    const statement = kind === "digest" ? decodeDigest(value, path) : decodeCaseStatement(value, path);
    if (dutyKind(statement) === kind) return statement;
    throw new DecodeError(path, `must be a ${kind}`);
  };
}
