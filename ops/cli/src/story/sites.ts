/** The operators of the story, with one site each. Names are fictional; the accelerators are real (`accelerators.ts`). */
export interface StorySite {
  readonly operatorId: string;
  readonly operatorName: string;
  readonly siteId: string;
  readonly siteName: string;
  /** Position of its member in the coalition. */
  readonly member: number;
  readonly model: string;
  /** Whether its operator files notices before it trains. */
  readonly isDeclared: boolean;
}

export const storySites: readonly StorySite[] = [
  {
    operatorId: "northlight",
    operatorName: "Northlight Compute",
    siteId: "northlight-harbour",
    siteName: "Northlight Harbour Campus",
    member: 0,
    model: "NVIDIA H200 SXM",
    isDeclared: true,
  },
  {
    operatorId: "meridian-cloud",
    operatorName: "Meridian Cloud",
    siteId: "meridian-valley",
    siteName: "Meridian Valley Datacentre",
    member: 1,
    model: "Google TPU v6e Trillium",
    isDeclared: true,
  },
  {
    operatorId: "greyfield",
    operatorName: "Greyfield Systems",
    siteId: "greyfield-quarry",
    siteName: "Greyfield Quarry Hall",
    member: 2,
    model: "NVIDIA H100 SXM5 80GB",
    isDeclared: false,
  },
];

export const hostsPerSite = 64;
export const acceleratorsPerHost = 8;

/** Shares of peak, in basis points: inference and small jobs, and a large training run (published ones reach 0.15 to 0.5). */
export const ordinaryLoad = 1_500;
export const trainingLoad = 4_500;
