import { digestRequest, oneOf, registryNames } from "@comity/protocol";
import { Returns, Transaction } from "fabric-contract-api";
import { documentArgument } from "../ledger/argument.ts";
import { bls } from "../ledger/bls.ts";
import { authenticate, authenticateReader } from "../ledger/caller.ts";
import { recordInForce } from "../ledger/groupKey.ts";
import { LedgerContext } from "../ledger/ledgerContext.ts";
import { LedgerContract, result } from "../ledger/ledgerContract.ts";
import { required } from "../ledger/ledgerError.ts";
import { tables } from "../ledger/tables.ts";
import { fileDigest, isNewer } from "./digestRules.ts";

const registryName = oneOf(...registryNames);

/** What the coalition signed of each public registry, the newest. */
export class DigestContract extends LedgerContract {
  constructor() {
    super("digest");
  }

  @Transaction()
  @Returns("string")
  async File(ctx: LedgerContext, request: string): Promise<string> {
    await authenticate(ctx, "node");
    const wanted = documentArgument(request, digestRequest);
    const { registry } = wanted.statement;
    const digests = ctx.table(tables.digest);
    const filed = await digests.find(registry);
    if (!isNewer(wanted, filed)) return result(filed);
    const record = await recordInForce(ctx, wanted.keyEpoch);
    const digest = fileDigest(wanted, filed, record, { network: ctx.network, bls });
    await digests.put(digest, registry);
    ctx.emit("digest-filed", registry, digest);
    return result(digest);
  }

  @Transaction(false)
  @Returns("string")
  async Read(ctx: LedgerContext, registry: string): Promise<string> {
    await authenticateReader(ctx);
    const name = registryName(registry, "the registry");
    const digest = await ctx.table(tables.digest).find(name);
    return result(required(digest, "DIGEST_UNKNOWN", `no digest of the ${name} is filed yet`));
  }
}
