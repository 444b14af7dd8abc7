/** Certificate and private key of one identity, in PEM. */
export interface KeyPairFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** What one member's authorities issued for its part of the network. All of it stays with the member. */
export interface MemberMaterial {
  readonly rootCertificateFile: string;
  readonly tlsRootCertificateFile: string;
  readonly peer: KeyPairFiles;
  readonly peerTls: KeyPairFiles;
  readonly orderer: KeyPairFiles;
  readonly ordererTls: KeyPairFiles;
  /** With the unit `admin`: installs and approves chaincode, signs changes of the channel. */
  readonly admin: KeyPairFiles;
}
