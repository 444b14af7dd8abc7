import type { Answer } from "./blockAnswers.ts";

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

/** JSON that was written before, with the tag of its bytes. */
export function sendAnswer(reply: FileReply, { bytes, etag }: Answer): FileReply {
  return reply.type("application/json; charset=utf-8").header("etag", etag).send(bytes);
}
