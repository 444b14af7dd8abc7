import {
  alertSlot,
  bondDocument,
  cadenceDocument,
  closedBucket,
  digestDocument,
  epochHead,
  hostDocument,
  keyAccept,
  keyBar,
  keyConfirm,
  keyRecord,
  keySession,
  keySignature,
  keyVote,
  membershipDocument,
  modelCheckpointDocument,
  nodeRegistration,
  noticeDocument,
  object,
  openingDocument,
  operatorDocument,
  organisation,
  peerClaim,
  registerDocument,
  revised,
  saltedHashClaim,
  serialClaim,
  siteDocument,
  storedAlert,
  suretyDocument,
  text,
  venueDocument,
  tipGatewayDocument,
  tipOfficerDocument,
  tipRootDocument,
} from "@comity/protocol";
import { epochDocument, keyDealDocument } from "./keyDocuments.ts";

const MAX_GENESIS_LENGTH = 256 * 1024;

/** Every key prefix of the world state, beside the ordered indices `o!…`. */
export const tables = {
  genesis: { name: "genesis", decode: object({ ...revised, text: text(MAX_GENESIS_LENGTH) }) },
  organisation: { name: "organisation", decode: organisation },
  register: { name: "register", decode: registerDocument },
  membership: { name: "membership", decode: membershipDocument },
  node: { name: "node", decode: nodeRegistration },
  peer: { name: "peer", decode: peerClaim },
  closed: { name: "closed", decode: closedBucket },

  keySession: { name: "keysession", decode: keySession },
  keyAccept: { name: "keyaccept", decode: keyAccept },
  keyBar: { name: "keybar", decode: keyBar },
  keyDeal: { name: "keydeal", decode: keyDealDocument },
  keyVote: { name: "keyvote", decode: keyVote },
  keyRecord: { name: "keyrecord", decode: keyRecord },
  keyConfirm: { name: "keyconfirm", decode: keyConfirm },
  keySignature: { name: "keysignature", decode: keySignature },
  epoch: { name: "epoch", decode: epochDocument },
  epochHead: { name: "epochhead", decode: epochHead },

  operator: { name: "operator", decode: operatorDocument },
  site: { name: "site", decode: siteDocument },
  host: { name: "host", decode: hostDocument },
  serial: { name: "serial", decode: serialClaim },

  notice: { name: "notice", decode: noticeDocument },
  noticeRevision: { name: "noticerev", decode: noticeDocument },

  surety: { name: "surety", decode: suretyDocument },
  bond: { name: "bond", decode: bondDocument },
  bondRevision: { name: "bondrev", decode: bondDocument },
  cadence: { name: "cadence", decode: cadenceDocument },
  modelCheckpoint: { name: "modelcheckpoint", decode: modelCheckpointDocument },
  saltedHash: { name: "saltedhash", decode: saltedHashClaim },

  alert: { name: "alert", decode: storedAlert },
  alertSlot: { name: "alertslot", decode: alertSlot },

  venue: { name: "venue", decode: venueDocument },
  venueRevision: { name: "venuerev", decode: venueDocument },

  digest: { name: "digest", decode: digestDocument },
  tipOfficer: { name: "tipofficer", decode: tipOfficerDocument },
  tipGateway: { name: "tipgateway", decode: tipGatewayDocument },
  tipRoot: { name: "tiproot", decode: tipRootDocument },
  opening: { name: "opening", decode: openingDocument },
} as const;

/** Key of a document of which there is only one. */
export const ONLY = "only";
