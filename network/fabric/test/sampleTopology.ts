import { decodeTopology, type Topology } from "../src/index.ts";

/** Of `n` members on one host and one surety; no file of it exists. */
export function sampleTopology(n = 4): Topology {
  return decodeTopology({
    version: 1,
    channel: "comity",
    members: Array.from({ length: n }, (_, at) => ({
      memberId: `x${String.fromCharCode(97 + at)}`,
      mspId: `X${at + 1}MSP`,
      consenterId: at + 1,
      host: "127.0.0.1",
      ports: Object.fromEntries(portNames.map((name, offset) => [name, 10_000 + at * 10 + offset])),
      rootCertificateFile: `x${at}/ca.pem`,
      tlsRootCertificateFile: `x${at}/tlsca.pem`,
      ordererCertificateFile: `x${at}/orderer.pem`,
      ordererTlsCertificateFile: `x${at}/orderer-tls.pem`,
    })),
    observers: [{ mspId: "HarbourMSP", rootCertificateFile: "harbour/ca.pem" }],
  });
}

const portNames = ["orderer", "ordererAdmin", "ordererOperations", "peer", "peerOperations", "chaincode"];
