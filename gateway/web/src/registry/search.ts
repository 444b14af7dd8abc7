/** Whether every word of a query is in one of the texts, whatever the case and the accents. */
export function matches(texts: readonly string[], query: string): boolean {
  const haystack = texts.map(plain);
  return plain(query)
    .split(/\s+/)
    .every((word) => haystack.some((text) => text.includes(word)));
}

/** Ids of bonds and venues are ULIDs. */
export function isId(text: string): boolean {
  return /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(text);
}

function plain(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
}
