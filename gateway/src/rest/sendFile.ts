interface FileReply {
  type(contentType: string): FileReply;
  header(name: string, value: string): FileReply;
  send(payload: unknown): FileReply;
}

/** As a download, and exactly the bytes: what was signed is never written anew. */
export function sendFile(
  reply: FileReply,
  name: string,
  bytes: Uint8Array,
  contentType = "application/json",
): FileReply {
  return reply
    .type(contentType)
    .header("content-disposition", `attachment; filename="${name}"`)
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}
