import type { peer } from "@hyperledger/fabric-protos";
import type { UnpackedProposal } from "../wire/proposal.ts";
import type { ChaincodeCall, ChaincodeSupport } from "./chaincodeSupport.ts";
import { OpenQuery } from "./openQuery.ts";
import type { QueryResults } from "./queryResults.ts";
import type { Simulation } from "./simulation.ts";

const maxOpenQueries = 32;

/** One call of one chaincode within a simulation, and the queries that it has open. Fabric: core/chaincode/transaction_context.go. */
export class TransactionContext {
  readonly namespace: string;
  readonly input: peer.ChaincodeInput;
  readonly proposal: UnpackedProposal;
  readonly simulation: Simulation;
  /** Where it calls others. */
  readonly support: ChaincodeSupport;
  readonly #queries = new Map<string, OpenQuery>();
  #nextQueryId = 0;

  constructor(call: ChaincodeCall, support: ChaincodeSupport) {
    this.namespace = call.chaincodeName;
    this.input = call.input;
    this.proposal = call.proposal;
    this.simulation = call.simulation;
    this.support = support;
  }

  /**
   * The first batch of what `open` finds, or its only page.
   * @param pageSize undefined without pagination
   * @throws Error when too many are open already, or as `open` does
   */
  async query(open: () => QueryResults, pageSize?: number): Promise<peer.QueryResponse> {
    if (this.#queries.size >= maxOpenQueries) throw new Error(`more than ${maxOpenQueries} open queries`);
    const id = String(this.#nextQueryId++);
    this.#queries.set(id, new OpenQuery(id, open(), pageSize));
    return this.queryNext(id);
  }

  /** @throws Error with Fabric's text when it is over */
  async queryNext(id: string): Promise<peer.QueryResponse> {
    const query = this.#queries.get(id);
    if (query === undefined) throw new Error("query iterator not found");
    const response = await query.next();
    if (!response.getHasMore()) await this.queryClose(id);
    return response;
  }

  async queryClose(id: string): Promise<void> {
    const query = this.#queries.get(id);
    this.#queries.delete(id);
    await query?.close();
  }

  /** Open queries hold on to the snapshot. */
  async close(): Promise<void> {
    await Promise.all([...this.#queries.keys()].map((id) => this.queryClose(id)));
  }
}
