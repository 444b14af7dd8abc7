export { CELL_BYTES, type Cell, cellHashOf, decodeCell } from "./cell.ts";
export {
  CertificateError,
  type CertificateErrorCode,
  decodeCertificate,
  leastCopies,
  storedBytes,
  type TipCertificate,
  tipCertificate,
  verifyCertificate,
} from "./certificate.ts";
export { CellError, type CellErrorCode, TipError, WrongShareError } from "./errors.ts";
export {
  decodeHour,
  HourError,
  hourLeaves,
  hourRoot,
  proveInHour,
  type TipHour,
  tipLeaf,
  validateHour,
} from "./hour.ts";
export { createSealingKey, keyIdOf, type SealingKeyPair, sealingKeyOf } from "./hpke.ts";
export { isGuilt, judgeGateway, type LedgerHour, type TipVerdict } from "./judge.ts";
export { joinTip, openShare } from "./open.ts";
export { passShare, receiveShare } from "./pass.ts";
export type { RandomBytes } from "./random.ts";
export {
  decodeReceipt,
  type KnownNetwork,
  receiptBytes,
  ReceiptError,
  type ReceiptErrorCode,
  type TipPlace,
  type TipReceipt,
  tipReceipt,
  verifyReceipt,
} from "./receipt.ts";
export { MAX_TEXT_BYTES, type SealOptions, sealTip, type TipOfficer } from "./seal.ts";
export type { OpenedShare, SaltedShare } from "./share.ts";
