export { blstBls, type BlstLibrary } from "./blst.ts";
export { nobleBls } from "./noble.ts";
export { decodeG1, decodeG2, type G1Point, type G2Point } from "./points.ts";
export { BLS_CIPHERSUITE, type BlsVerifier, G1_BYTES, G2_BYTES } from "./verifier.ts";
