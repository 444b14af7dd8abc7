import { DomainError, parseLedgerError } from "@comity/protocol";
import { GatewayError } from "@hyperledger/fabric-gateway";
import { status } from "@grpc/grpc-js";

/** Codes of the client itself. Codes of the chaincode pass through unchanged beside them. */
export const ledgerClientCodes = [
  /** No gateway could be reached or could serve: nothing was ordered. */
  "LEDGER_UNAVAILABLE",
  /** Another transaction changed what this one read (MVCC or phantom): it is dead and may be proposed anew. */
  "LEDGER_CONFLICT",
  /** It was sent for ordering and its fate could not be learnt: it may still commit. */
  "LEDGER_UNKNOWN",
  /** The network refused it, and it is dead. */
  "LEDGER_REFUSED",
  /** Signed transactions cannot be kept on disk, so none is sent. */
  "LEDGER_OUTBOX",
  /** A block does not follow from the block before it, or not from its own data: the ledger was rewritten or the peer lies. */
  "LEDGER_CHAIN_BROKEN",
  /** A block or an event in it cannot be read. */
  "LEDGER_BLOCK_MALFORMED",
  /** What a peer answers is not what the block names: it lags behind the block, or lies. */
  "LEDGER_DOCUMENT_DIFFERS",
] as const;

export class LedgerError extends DomainError {
  /** Fabric's code of a transaction that was committed as invalid. */
  readonly validationCode: number | undefined;

  constructor(code: string, text: string, { validationCode, ...options }: LedgerErrorOptions = {}) {
    super(code, text, options);
    this.validationCode = validationCode;
  }
}

interface LedgerErrorOptions extends ErrorOptions {
  readonly validationCode?: number;
}

/** Refusals that another gateway would repeat: they speak about the request, not about the gateway. */
const finalStatus: readonly number[] = [
  status.INVALID_ARGUMENT,
  status.UNAUTHENTICATED,
  status.PERMISSION_DENIED,
  status.NOT_FOUND,
  status.UNIMPLEMENTED,
];

const unreachable: readonly number[] = [
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.RESOURCE_EXHAUSTED,
  status.CANCELLED,
];

/** What an error of Evaluate or Endorse means to our callers; nothing has been ordered at that point. */
export function ledgerErrorOf(error: unknown): LedgerError {
  if (error instanceof LedgerError) return error;
  if (!(error instanceof GatewayError)) {
    return new LedgerError("LEDGER_UNAVAILABLE", textOf(error), { cause: error });
  }
  const texts = [...error.details.map((detail) => detail.message), error.message];
  for (const text of texts) {
    const refusal = parseLedgerError(text);
    if (refusal) return new LedgerError(refusal.code, refusal.text, { cause: error });
  }
  const code = isOutage(error) ? "LEDGER_UNAVAILABLE" : "LEDGER_REFUSED";
  return new LedgerError(code, texts.join("; "), { cause: error });
}

const aborted: number = status.ABORTED;

/** How a gateway words an endorser that could not run the chaincode, or could not be reached; Fabric's texts. */
const peerFailure =
  /^error in simulation: failed to execute transaction |chaincode stream terminated$|^rpc error: code = (?:Unavailable|DeadlineExceeded|Canceled|ResourceExhausted) /;

/**
 * Whether peers failed, rather than said no. A gateway that finds too few endorsements answers ABORTED, whatever the reason: a chaincode
 * that refused, endorsers that came to different results, or peers that were not there. Only the details tell.
 */
function isOutage({ code, details }: GatewayError): boolean {
  if (code !== aborted) return unreachable.includes(code);
  return details.length > 0 && details.every(({ message }) => peerFailure.test(message));
}

/** How a gateway words that it knows no peer of an organisation, which it forgets for a while when it cannot reach it. */
const unknownOrganisations = /failed to find any endorsing peers for org\(s\): (.+)$/;

/** MSP ids of the organisations whose peers failed to endorse, rather than refused; Fabric's texts. */
export function blamedOrganisations(error: unknown): string[] {
  if (!(error instanceof GatewayError)) return [];
  const unknown = unknownOrganisations.exec(error.message)?.[1]?.split(", ") ?? [];
  const failed = error.details.filter(({ message }) => peerFailure.test(message));
  return [...unknown, ...failed.map(({ mspId }) => mspId)];
}

/** Whether the gateway itself did not serve; one that did answers with what others told it, in details. */
export function isGatewayDown(error: unknown): boolean {
  return !(error instanceof GatewayError) || (error.details.length === 0 && unreachable.includes(error.code));
}

/** Whether asking another gateway could give another answer. The chaincode's verdict is every honest member's verdict. */
export function isWorthAnotherGateway(error: unknown): boolean {
  if (!(error instanceof GatewayError)) return false;
  const { code } = ledgerErrorOf(error);
  if (code === "LEDGER_UNAVAILABLE") return true;
  return code === "LEDGER_REFUSED" && !finalStatus.includes(error.code);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
