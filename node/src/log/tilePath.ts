/** Names of tiles as https://c2sp.org/tlog-tiles writes them. */

export const TILE_WIDTH = 256;

export interface TileName {
  readonly level: number | "entries";
  readonly index: number;
  /** 1 to 256; below 256 it is a partial tile. */
  readonly width: number;
}

const FORM =
  /^tile\/(entries|[0-9]|[1-5][0-9]|6[0-3])\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([0-9]{1,3}))?$/;

export function tilePath({ level, index, width }: TileName): string {
  const digits = index.toString();
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, "0");
  const groups = padded.match(/[0-9]{3}/g) ?? [];
  const last = groups.pop() ?? "000";
  const folders = groups.map((group) => `x${group}/`).join("");
  const partial = width === TILE_WIDTH ? "" : `.p/${width}`;
  return `tile/${level}/${folders}${last}${partial}`;
}

/** Undefined for every path that `tilePath` would not write. */
export function parseTilePath(path: string): TileName | undefined {
  const [, level, index, width] = FORM.exec(path) ?? [];
  if (level === undefined || index === undefined) return undefined;
  const name: TileName = {
    level: level === "entries" ? level : Number(level),
    index: Number(index.replaceAll(/[x/]/g, "")),
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
  return tilePath(name) === path && name.width > 0 ? name : undefined;
}
