import { DomainError } from "./errors.ts";

export type SegmentErrorCode = "SEGMENT_OVERSIZED" | "SEGMENT_MALFORMED" | "SEGMENT_UNSIGNED";
export class SegmentError extends DomainError<SegmentErrorCode> {}
