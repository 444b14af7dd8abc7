import { figures } from "@comity/protocol";
import { Returns, Transaction } from "fabric-contract-api";
import { authenticateReader } from "../ledger/caller.ts";
import { LedgerContext } from "../ledger/ledgerContext.ts";
import { LedgerContract, result } from "../ledger/ledgerContract.ts";

/** The figures that the rules use. The first version is that of the genesis record. */
export class RulebookContract extends LedgerContract {
  constructor() {
    super("rulebook");
  }

  @Transaction(false)
  @Returns("string")
  async Read(ctx: LedgerContext): Promise<string> {
    await authenticateReader(ctx);
    const { rulebook } = ctx.network.genesis;
    const parameters = Object.entries(figures).map(([name, { unit, source, text }]) => {
      return { name, value: rulebook[name], unit, source, text };
    });
    return result({ version: 1, parameters });
  }
}
