/** A word that chooses nothing of a bench. */
export class NothingChosen extends Error {}

/** Those whose name has the word in it: all of them for an empty one. @throws NothingChosen */
export function chosenBy<T>(word: string, all: readonly T[], nameOf: (each: T) => string): T[] {
  const chosen = all.filter((each) => nameOf(each).includes(word));
  if (chosen.length > 0) return chosen;
  throw new NothingChosen(`"${word}" chooses nothing of: ${all.map(nameOf).join(", ")}`);
}
