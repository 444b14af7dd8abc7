import { Logger } from "winston";

/**
 * fabric-shim logs several lines a call of the ledger, and its logger formats each before the transport drops what is below the level: a fifth of a
 * chaincode's time. Here such a line is dropped first.
 */
export function dropBeforeFormatting(): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own logger below
  const { _transform: transform } = Logger.prototype;
  Logger.prototype._transform = function (this: Logger, line: { level: string }, encoding, callback) {
    if (this.isLevelEnabled(line.level)) transform.call(this, line, encoding, callback);
    else callback();
  };
}
