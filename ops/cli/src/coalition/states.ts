/** Fictional states: codes are user-assigned in ISO 3166, so that none is anybody's. */
export interface State {
  readonly memberId: string;
  readonly name: string;
}

export const states: readonly State[] = [
  { memberId: "xa", name: "Aldermark" },
  { memberId: "xb", name: "Brenovia" },
  { memberId: "xc", name: "Calderra" },
  { memberId: "xd", name: "Dunholm" },
  { memberId: "xe", name: "Estmere" },
  { memberId: "xf", name: "Fjordane" },
  { memberId: "xg", name: "Galvia" },
  { memberId: "xh", name: "Hesperia" },
  { memberId: "xi", name: "Istrava" },
  { memberId: "xj", name: "Jorvania" },
  { memberId: "xk", name: "Kestria" },
  { memberId: "xl", name: "Lorvania" },
  { memberId: "xm", name: "Meridia" },
  { memberId: "xn", name: "Norland" },
  { memberId: "xo", name: "Ostrava Bay" },
  { memberId: "xp", name: "Pelagia" },
];

export function mspIdOf(memberId: string): string {
  return `${memberId.slice(0, 1).toUpperCase()}${memberId.slice(1)}MSP`;
}
