export {
  createAuthority,
  createTlsAuthority,
  type Authority,
  type AuthorityOptions,
  type TlsAuthority,
} from "./authority.ts";
export { AuthorityError, type AuthorityErrorCode } from "./authorityError.ts";
export { attributesOf, attributesOid, type Attributes } from "./attributes.ts";
export { type IssuedCertificate, type IssueRequest, type NodeUnit, type TlsRequest } from "./certificate.ts";
export { loadAuthority, saveAuthority } from "./authorityStore.ts";
