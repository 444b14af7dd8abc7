import type { Stream } from "@libp2p/interface";
import { decode, encode } from "it-length-prefixed";
import { concat, DomainError } from "@comity/protocol";
import { StreamError, type StreamHandler } from "./network.ts";

/** Batches are at most 1 MiB; the rest is room for what surrounds them. */
export const MAX_FRAME_BYTES = 2 * 1024 * 1024;

const OK = 0;
const REFUSED = 1;
const INACTIVITY_MS = 30_000;
const MAX_REASON_BYTES = 512;

/** One request, one answer: a frame each way, the answer's first byte says whether it is one or a refusal. */
export async function exchange(
  stream: Stream,
  request: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const abort = (): void => stream.abort(new StreamError("STREAM_TIMEOUT", "no answer in time"));
  signal.addEventListener("abort", abort, { once: true });
  try {
    signal.throwIfAborted();
    sendFrame(stream, request);
    return parseAnswer(await readFrame(stream));
  } catch (cause) {
    if (cause instanceof StreamError) throw cause;
    const code = signal.aborted ? "STREAM_TIMEOUT" : "STREAM_UNREACHABLE";
    throw new StreamError(code, "the stream ended before the answer", { cause });
  } finally {
    signal.removeEventListener("abort", abort);
    closeQuietly(stream);
  }
}

/** Serves one inbound stream. Errors of ours go back as code and sentence; anything else as one word. */
export async function answer(stream: Stream, from: number, handler: StreamHandler): Promise<void> {
  stream.inactivityTimeout = INACTIVITY_MS;
  try {
    const request = await readFrame(stream);
    sendFrame(stream, await handler(request, from).then(accepted, refused));
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error("stream failed"));
    return;
  }
  closeQuietly(stream);
}

const accepted = (bytes: Uint8Array): Uint8Array => concat(Uint8Array.of(OK), bytes);

function refused(error: unknown): Uint8Array {
  const sentence =
    error instanceof DomainError ? `${error.code}: ${error.message}` : "INTERNAL: the request failed";
  return concat(Uint8Array.of(REFUSED), new TextEncoder().encode(sentence).subarray(0, MAX_REASON_BYTES));
}

function parseAnswer(frame: Uint8Array): Uint8Array {
  const body = frame.subarray(1);
  if (frame[0] === OK) return body;
  if (frame[0] === REFUSED) throw new StreamError("STREAM_REFUSED", new TextDecoder().decode(body));
  throw new StreamError("STREAM_MALFORMED", "the answer has no status");
}

function sendFrame(stream: Stream, bytes: Uint8Array): void {
  if (bytes.length > MAX_FRAME_BYTES)
    throw new StreamError("STREAM_OVERSIZED", `a frame of ${bytes.length} bytes`);
  stream.send(encode.single(bytes));
}

async function readFrame(stream: Stream): Promise<Uint8Array> {
  for await (const frame of decode(stream, { maxDataLength: MAX_FRAME_BYTES })) return frame.subarray();
  throw new StreamError("STREAM_MALFORMED", "the stream ended without a frame");
}

function closeQuietly(stream: Stream): void {
  stream
    .close()
    .catch((error: unknown) => stream.abort(error instanceof Error ? error : new Error("close failed")));
}
