export {
  createAuthority,
  createTlsAuthority,
  type Authority,
  type AuthorityOptions,
  type TlsAuthority,
} from "./authority/authority.ts";
export { AuthorityError, type AuthorityErrorCode } from "./authority/authorityError.ts";
export { attributesOf, attributesOid, type Attributes } from "./authority/attributes.ts";
export {
  type IssuedCertificate,
  type IssueRequest,
  type NodeUnit,
  type TlsRequest,
} from "./authority/certificate.ts";
export { loadAuthority, loadTlsAuthority, saveAuthority } from "./authority/authorityStore.ts";
export {
  addressName,
  chaincodeName,
  type ChaincodePackage,
  packageChaincode,
  packageProgram,
} from "./chaincode/package.ts";
export { collectionName } from "./channel/collection.ts";
export type { ExpectedMember, Finding } from "./channel/inspectChannel.ts";
export { FabricError, type FabricErrorCode } from "./fabricError.ts";
export { dataIn, MemberHome } from "./member/home.ts";
export type { KeyPairFiles, MemberMaterial } from "./member/material.ts";
export { writeMsp } from "./member/msp.ts";
export { LocalFabric, type LocalMember, type LocalNetworkOptions } from "./localFabric.ts";
export type { Health } from "./process/health.ts";
export { Standstill } from "./process/standstill.ts";
export { type Binaries, binaryNames, findBinaries, type SearchPath } from "./process/binaries.ts";
export type { FabricProcess } from "./process/processes.ts";
export {
  decodeTopology,
  readTopology,
  type Topology,
  type TopologyMember,
  type TopologyObserver,
} from "./topology.ts";
