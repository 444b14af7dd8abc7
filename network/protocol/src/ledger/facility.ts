import { type Decoded, decimal, hex, list, object, oneOf, parsed } from "../decode.ts";
import { hostId, memberId, operatorId, serial, siteId } from "../ids.ts";
import { phrase, revised } from "./shape.ts";

/** Faster accelerators could wrap their 64-bit counter within a reporting interval, and evidence would be ambiguous. */
export const MAX_PEAK_FLOPS = 1_200_000_000_000_000n;
export const MAX_SITES_OF_OPERATOR = 256;
export const MAX_HOSTS_PER_ENROLMENT = 32;
/** Each costs two calls to the peer, which gives a transaction two seconds: 128 take about half of that on a busy machine. */
export const MAX_ACCELERATORS_PER_ENROLMENT = 128;
const MAX_ACCELERATORS_OF_HOST = 64;

export const operatorRequest = object({ operatorId, memberId, name: phrase(120) });
export const operatorDocument = object({
  ...revised,
  operatorId,
  memberId,
  name: phrase(120),
  /** Kept here so that a filing checks all of its facilities with one read. */
  sites: list(siteId, MAX_SITES_OF_OPERATOR),
});
export type OperatorRequest = Decoded<typeof operatorRequest>;
export type OperatorDocument = Decoded<typeof operatorDocument>;

const siteShape = {
  siteId,
  operatorId,
  /** The member whose node takes in the site's evidence. */
  memberId,
  class: oneOf("datacentre", "on-premise"),
  name: phrase(120),
};
export const siteRequest = object(siteShape);
export const siteDocument = object({ ...revised, ...siteShape });
export type SiteRequest = Decoded<typeof siteRequest>;
export type SiteDocument = Decoded<typeof siteDocument>;

const accelerator = object({ serial, model: phrase(64), peakFlops: decimal(MAX_PEAK_FLOPS) });
const hostShape = {
  hostId,
  publicKey: hex(32),
  accelerators: list(accelerator, MAX_ACCELERATORS_OF_HOST, 1),
};

/** The host's key signs `hostClaimBytes`. */
export const hostRequest = object({ ...hostShape, signature: hex(64) });
export const enrolmentRequest = object({
  siteId,
  hosts: parsed(list(hostRequest, MAX_HOSTS_PER_ENROLMENT, 1), boundAccelerators),
});
function boundAccelerators<H extends { accelerators: readonly unknown[] }>(
  hosts: readonly H[],
): readonly H[] {
  const count = hosts.reduce((sum, { accelerators }) => sum + accelerators.length, 0);
  if (count <= MAX_ACCELERATORS_PER_ENROLMENT) return hosts;
  throw new RangeError(
    `${count} accelerators are more than ${MAX_ACCELERATORS_PER_ENROLMENT}: enrol them in parts`,
  );
}

export const hostDocument = object({ ...revised, ...hostShape, siteId, operatorId, memberId });
export type HostRequest = Decoded<typeof hostRequest>;
export type EnrolmentRequest = Decoded<typeof enrolmentRequest>;
export type HostDocument = Decoded<typeof hostDocument>;

/** Which host an accelerator sits in; serials are unique in the network. */
export const serialClaim = object({ ...revised, hostId });
