import { CommitNotifier } from "../src/commit/commitNotifier.ts";
import { Committer } from "../src/commit/committer.ts";
import { EndorsementPolicy } from "../src/commit/endorsementPolicy.ts";
import { PrivateDataCommitter } from "../src/commit/privateDataCommitter.ts";
import { TransactionValidator } from "../src/commit/transactionValidator.ts";
import { ChaincodeDefinitions } from "../src/definition/chaincodeDefinitions.ts";
import { MspRegistry } from "../src/identity/mspRegistry.ts";
import type { LedgerStore } from "../src/store/ledgerStore.ts";
import { chaincodeName } from "./ledgerConfig.ts";
import type { Member } from "./member.ts";

/** A committer without an orderer before it: it takes any bytes. Three of the members must have endorsed. */
export function committerOver(store: LedgerStore, members: readonly Member[]): Committer {
  const msps = new MspRegistry(
    members.map(({ mspId, authority }) => ({ mspId, rootCertificatePem: authority.rootCertificatePem })),
  );
  const mspIds = members.map(({ mspId }) => mspId);
  const policy = new EndorsementPolicy(3, mspIds, msps);
  const definitions = new ChaincodeDefinitions([{ name: chaincodeName, collections: [] }]);
  const validator = new TransactionValidator({ msps, policy, store, definitions });
  const privateData = new PrivateDataCommitter({ store, definitions });
  return new Committer({ store, validator, privateData, notifier: new CommitNotifier() });
}
