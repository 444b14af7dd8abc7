import { Context, Contract } from "fabric-contract-api";
import { canonicalText } from "./canonicalText.ts";
import { LedgerContext } from "./ledgerContext.ts";
import { LedgerError, refusalOf } from "./ledgerError.ts";

/** What the contracts share: their context, and that every refusal reaches the client as `CODE: sentence`. */
export abstract class LedgerContract extends Contract {
  // Called on the prototype while decorating, so it uses nothing of the instance.
  override createContext(): LedgerContext {
    return new LedgerContext();
  }

  override aroundTransaction(...call: Parameters<Contract["aroundTransaction"]>): Promise<void> {
    return super.aroundTransaction(...call).catch((error: unknown) => {
      throw refusalOf(error);
    });
  }

  override unknownTransaction(ctx: Context): Promise<void> {
    const name = ctx.stub.getFunctionAndParameters().fcn.slice(0, 80);
    return Promise.reject(new LedgerError("TRANSACTION_UNKNOWN", `there is no transaction ${name}`));
  }
}

/** A transaction's result. */
export function result(value: unknown): string {
  return canonicalText(value);
}
