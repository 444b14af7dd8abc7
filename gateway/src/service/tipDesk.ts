import {
  type Genesis,
  MAX_PAGE_SIZE,
  type MemberId,
  type NetworkId,
  page,
  tipHourView,
  type TipGatewayRequest,
  type TipHourView,
  tipOfficerDocument,
  type TipOfficerRequest,
} from "@comity/protocol";
import {
  cellHashOf,
  decodeCell,
  receiptBytes,
  type TipCertificate,
  type TipHour,
  type TipReceipt,
} from "@comity/tip";
import { GatewayError } from "./gatewayError.ts";
import { decodeAnswer, type LedgerReader } from "./ledgerReader.ts";
import type { ReceiptKey } from "./receiptKey.ts";
import type { TipNode } from "./tipNode.ts";

export interface TipDeskOptions {
  readonly networkId: NetworkId;
  readonly genesis: Genesis;
  readonly memberId: MemberId;
  /** By which the member vouches for the receipt key. */
  readonly keySignature: string;
}

export interface TipDeskDeps {
  readonly node: TipNode;
  readonly key: ReceiptKey;
  readonly ledger: LedgerReader;
}

/** An hour as this gateway publishes it, beside what the ledger says of it. */
export interface PublishedHour {
  readonly list: TipHour;
  readonly ledger: Pick<TipHourView, "root" | "closed">;
}

/** Takes sealed tips. It never sees what is in them, and keeps nothing itself. */
export class TipDesk {
  readonly #options: TipDeskOptions;
  readonly #deps: TipDeskDeps;

  constructor(options: TipDeskOptions, deps: TipDeskDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** The key of this gateway, as its member vouches for it. */
  get registration(): TipGatewayRequest {
    const { memberId, keySignature } = this.#options;
    return { memberId, receiptKey: this.#deps.key.publicKey, keySignature };
  }

  /** A receipt, once the cell is on the node's disk. @throws CellError, GatewayError */
  async take(cell: Uint8Array): Promise<TipReceipt> {
    const { networkId } = this.#options;
    if (decodeCell(cell).networkId !== networkId)
      throw new GatewayError("TIP_NETWORK", "This tip is sealed for another network.");
    const { tipHour } = await this.#deps.node.accept(cell);
    const place = { cellHash: cellHashOf(cell), tipHour };
    const signature = this.#deps.key.sign(receiptBytes(networkId, place));
    return { type: "comity/v1/tip-receipt", networkId, ...place, ...this.registration, signature };
  }

  /** @throws GatewayError TIP_UNKNOWN, TIP_CERTIFICATE_PENDING */
  certificate(cellHash: string): Promise<TipCertificate> {
    return this.#deps.node.certificate(cellHash);
  }

  /** @throws GatewayError TIP_HOUR_RUNNING */
  async hour(tipHour: number): Promise<PublishedHour> {
    const { memberId } = this.#options;
    const list = await this.#deps.node.hour(tipHour);
    const answer = await this.#deps.ledger.evaluate("bounty:ReadHour", memberId, String(tipHour));
    const { root, closed } = decodeAnswer(answer, tipHourView);
    return { list, ledger: { root, closed } };
  }

  /** Case officers' keys; whoever seals to them checks their members' signatures. */
  async officers(): Promise<TipOfficerRequest[]> {
    const answer = await this.#deps.ledger.evaluate("bounty:ListOfficers", String(MAX_PAGE_SIZE), "");
    const { items } = decodeAnswer(answer, page(tipOfficerDocument));
    return items.map(({ memberId, sealingKey, signature }) => ({ memberId, sealingKey, signature }));
  }
}
