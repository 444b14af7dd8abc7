/** A fictional insurer of the local coalition: an organisation of its own, with its own authority, that endorses nothing. */
export interface Surety {
  readonly suretyId: string;
  readonly name: string;
  readonly mspId: string;
}

export const sureties: readonly Surety[] = [
  { suretyId: "harbour-vale", name: "Harbour & Vale Surety", mspId: "HarbourValeMSP" },
];
