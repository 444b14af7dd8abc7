/** A whole answer, unless it is longer than it may be. @throws RangeError */
export async function readBounded(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: ReadableStream<Uint8Array> | null = response.body;
  const reader = body?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    size += part.value.length;
    if (size > maxBytes) {
      await reader?.cancel();
      throw new RangeError("the answer is too long");
    }
    chunks.push(part.value);
  }
  return Buffer.concat(chunks);
}
