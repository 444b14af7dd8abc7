import { peer } from "@hyperledger/fabric-protos";
import type { QueryResults } from "./queryResults.ts";

/** Results that the peer sends to the shim at once when the chaincode gave no page size. */
const batchSize = 100;
/** Fabric's ledger.state.totalQueryLimit. */
const totalLimit = 100_000;

/** One open query of a chaincode. Fabric: core/chaincode/query_response_generator.go. */
export class OpenQuery {
  readonly #id: string;
  readonly #results: QueryResults;
  /** Undefined without pagination; 0 is an unlimited page. */
  readonly #pageSize: number | undefined;
  #returned = 0;
  #pending: peer.QueryResultBytes[] = [];

  constructor(id: string, results: QueryResults, pageSize: number | undefined) {
    this.#id = id;
    this.#results = results;
    this.#pageSize = pageSize;
  }

  /** The next batch, or the page with its bookmark. The query is over when `getHasMore()` is false. */
  async next(): Promise<peer.QueryResponse> {
    const limit = this.#limit();
    while (this.#returned < limit) {
      const result = await this.#results.next();
      if (result === undefined) return this.#last();
      const encoded = new peer.QueryResultBytes();
      encoded.setResultbytes(result);
      this.#returned++;
      if (this.#pageSize === undefined && this.#pending.length === batchSize) return this.#batch(encoded);
      this.#pending.push(encoded);
    }
    return this.#last();
  }

  async close(): Promise<void> {
    await this.#results.close();
  }

  #limit(): number {
    const pageSize = this.#pageSize ?? 0;
    return pageSize > 0 ? Math.min(pageSize, totalLimit) : totalLimit;
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
      metadata.setBookmark(await this.#results.bookmark());
      response.setMetadata(metadata.serializeBinary());
    }
    await this.close();
    return response;
  }
}
