import { type common, ledger, type peer } from "@hyperledger/fabric-protos";
import { committedTransaction } from "../commit/transactionParts.ts";
import { decodeReadWriteSet } from "../rwset/decodedReadWriteSet.ts";
import { type KvWrite, writtenValue } from "../rwset/kvWrite.ts";
import { blockNumber, transactionsOf, validationCodes } from "./block.ts";
import { historyKey } from "./layout.ts";

const { KeyModification } = ledger.queryresult;

/** What a block adds to the history index: a key for each write of a valid transaction. Fabric: core/ledger/kvledger/history/db.go. */
export function historyKeys(block: common.Block): Buffer[] {
  const codes = validationCodes(block);
  const number = blockNumber(block);
  return transactionsOf(block).flatMap((envelope, transaction) => {
    const committed = codes[transaction] === 0 ? committedTransaction(envelope) : undefined;
    if (committed === undefined) return [];
    return [...writesOf(committed.action)].map(({ namespace, write }) =>
      historyKey(namespace, write.getKey(), { block: number, transaction }),
    );
  });
}

/** What a transaction made of a key. Fabric: core/ledger/kvledger/history/query_executer.go, getKeyModificationFromTran. */
export function keyModification(
  envelope: Uint8Array,
  namespace: string,
  key: string,
): InstanceType<typeof KeyModification> | undefined {
  const committed = committedTransaction(envelope);
  if (committed === undefined) return undefined;
  for (const { namespace: written, write } of writesOf(committed.action)) {
    if (written !== namespace || write.getKey() !== key) continue;
    const modification = new KeyModification();
    modification.setTxId(committed.channelHeader.getTxId());
    modification.setTimestamp(committed.channelHeader.getTimestamp());
    modification.setValue(write.getValue_asU8());
    modification.setIsDelete(writtenValue(write) === undefined);
    return modification;
  }
  return undefined;
}

function* writesOf(action: peer.ChaincodeAction): Generator<{ namespace: string; write: KvWrite }> {
  for (const { namespace, kvSet } of decodeReadWriteSet(action.getResults_asU8())) {
    for (const write of kvSet.getWritesList()) yield { namespace, write };
  }
}
