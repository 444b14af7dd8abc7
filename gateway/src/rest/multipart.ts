import { GatewayError } from "../service/gatewayError.ts";

const BOUNDARY = /^multipart\/form-data; *boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))$/i;

/**
 * The content of a form's one file (RFC 7578). What a browser writes before it, the file's name above all, is not even looked at.
 * @throws GatewayError TIP_FORM
 */
export function fileOf(contentType: string | undefined, body: Buffer): Uint8Array {
  const [, quoted, plain] = BOUNDARY.exec(contentType ?? "") ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw unreadable();
  const start = body.indexOf("\r\n\r\n");
  const end = body.lastIndexOf(`\r\n--${boundary}--`);
  const isForm = body.indexOf(`--${boundary}\r\n`) === 0 && start >= 0 && end >= start + 4;
  if (!isForm) throw unreadable();
  return new Uint8Array(body.subarray(start + 4, end));
}

function unreadable(): GatewayError {
  return new GatewayError(
    "TIP_FORM",
    "The form has no file that can be read. Choose the sealed file, and nothing else.",
  );
}
