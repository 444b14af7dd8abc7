import { Extension, X509Certificate } from "@peculiar/x509";

/** Where Fabric CA puts attributes, and where fabric-shim's ClientIdentity looks for them. */
export const attributesOid = "1.2.3.4.5.6.7.8.1";

export type Attributes = Readonly<Record<string, string>>;

/** The extension's value is the JSON itself, without an ASN.1 string around it: that is Fabric CA's format. */
export function attributesExtension(attributes: Attributes): Extension {
  return new Extension(attributesOid, false, new TextEncoder().encode(JSON.stringify({ attrs: attributes })));
}

export function attributesOf(certificatePem: string): Attributes {
  const extension = new X509Certificate(certificatePem).getExtension(attributesOid);
  if (extension === null) return {};
  const value = parse(new TextDecoder().decode(extension.value));
  return isAttributes(value) ? value.attrs : {};
}

/** What isn’t JSON holds no attributes. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isAttributes(value: unknown): value is { attrs: Attributes } {
  if (typeof value !== "object" || value === null || !("attrs" in value)) return false;
  const { attrs } = value;
  return (
    typeof attrs === "object" && attrs !== null && Object.values(attrs).every((v) => typeof v === "string")
  );
}
