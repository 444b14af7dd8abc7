/** The part of fabric-shim, not declared by itself, that makes one chaincode of many contracts. */
declare module "fabric-shim/lib/contract-spi/chaincodefromcontract.js" {
  import type { ChaincodeInterface } from "fabric-shim";

  const ChaincodeFromContract: new (
    contracts: readonly unknown[],
    serializers: object,
    metadata: object,
    title: string,
    version: string,
  ) => ChaincodeInterface;
  export = ChaincodeFromContract;
}
