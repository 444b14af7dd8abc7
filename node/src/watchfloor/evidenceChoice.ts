/** Something that shows work, and what it takes up in a bundle. */
export interface Weighed {
  readonly sizeBytes: number;
  readonly flopsLeast: bigint;
}

/**
 * What shows the most work in so many bytes: an alert must stay portable however large its site is, and less evidence still gives a lower
 * bound. Nearly so: nothing is exchanged to fill the room up, and so the rest is less than the next one would take.
 */
export function strongest<T extends Weighed>(items: readonly T[], maxBytes: number): T[] {
  const chosen: T[] = [];
  let leftBytes = maxBytes;
  if (items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) <= maxBytes) return [...items];
  for (const item of items.toSorted(byWorkPerByte)) {
    if (item.sizeBytes > leftBytes) continue;
    leftBytes -= item.sizeBytes;
    chosen.push(item);
  }
  return chosen;
}

function byWorkPerByte(a: Weighed, b: Weighed): number {
  const difference = b.flopsLeast * BigInt(a.sizeBytes) - a.flopsLeast * BigInt(b.sizeBytes);
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}
