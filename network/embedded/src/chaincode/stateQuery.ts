import { ledger, peer } from "@hyperledger/fabric-protos";

/** Results that the peer sends to the shim at once when the chaincode gave no page size. */
const batchSize = 100;
/** Fabric's ledger.state.totalQueryLimit. */
const totalLimit = 100_000;

type StateIterator = AsyncGenerator<{ key: string; value: Uint8Array }>;

/** One open range query of a simulation. Fabric: core/chaincode/query_response_generator.go. */
export class StateQuery {
  readonly #id: string;
  readonly #namespace: string;
  readonly #results: StateIterator;
  /** Undefined without pagination; 0 is an unlimited page. */
  readonly #pageSize: number | undefined;
  #returned = 0;
  #pending: peer.QueryResultBytes[] = [];

  constructor(id: string, namespace: string, results: StateIterator, pageSize: number | undefined) {
    this.#id = id;
    this.#namespace = namespace;
    this.#results = results;
    this.#pageSize = pageSize;
  }

  /** The next batch, or the page with its bookmark. The query is over when `getHasMore()` is false. */
  async next(): Promise<peer.QueryResponse> {
    const limit = this.#limit();
    while (this.#returned < limit) {
      const result = await this.#results.next();
      if (result.done === true) return this.#last();
      const encoded = this.#encode(result.value);
      this.#returned++;
      if (this.#pageSize === undefined && this.#pending.length === batchSize) return this.#batch(encoded);
      this.#pending.push(encoded);
    }
    return this.#last();
  }

  async close(): Promise<void> {
    await this.#results.return(undefined);
  }

  #limit(): number {
    const pageSize = this.#pageSize ?? 0;
    return pageSize > 0 ? Math.min(pageSize, totalLimit) : totalLimit;
  }

  #encode({ key, value }: { key: string; value: Uint8Array }): peer.QueryResultBytes {
    const kv = new ledger.queryresult.KV();
    kv.setNamespace(this.#namespace);
    kv.setKey(key);
    kv.setValue(value);
    const bytes = new peer.QueryResultBytes();
    bytes.setResultbytes(kv.serializeBinary());
    return bytes;
  }

  /** A full batch goes out only when one more result is known: `hasMore` is then never a lie. */
  #batch(next: peer.QueryResultBytes): peer.QueryResponse {
    const response = new peer.QueryResponse();
    response.setResultsList(this.#pending);
    response.setHasMore(true);
    response.setId(this.#id);
    this.#pending = [next];
    return response;
  }

  async #last(): Promise<peer.QueryResponse> {
    const response = new peer.QueryResponse();
    response.setResultsList(this.#pending);
    response.setId(this.#id);
    this.#pending = [];
    if (this.#pageSize !== undefined) {
      const metadata = new peer.QueryResponseMetadata();
      metadata.setFetchedRecordsCount(this.#returned);
      metadata.setBookmark(await this.#bookmark());
      response.setMetadata(metadata.serializeBinary());
    }
    await this.close();
    return response;
  }

  /** The key that the next page begins with. */
  async #bookmark(): Promise<string> {
    const result = await this.#results.next();
    return result.done === true ? "" : result.value.key;
  }
}
