import { msp, peer } from "@hyperledger/fabric-protos";
import type { CollectionConfig } from "../definition/collection.ts";
import { outOf } from "./signaturePolicy.ts";

/** Collections as a Fabric channel has them in its chaincode definitions. */
export function collectionPackage(collections: readonly CollectionConfig[]): peer.CollectionConfigPackage {
  const configs = new peer.CollectionConfigPackage();
  for (const collection of collections) {
    const config = new peer.CollectionConfig();
    config.setStaticCollectionConfig(staticConfig(collection));
    configs.addConfig(config);
  }
  return configs;
}

function staticConfig(collection: CollectionConfig): peer.StaticCollectionConfig {
  const policy = new peer.CollectionPolicyConfig();
  policy.setSignaturePolicy(outOf(1, collection.members, msp.MSPRole.MSPRoleType.MEMBER));
  const config = new peer.StaticCollectionConfig();
  config.setName(collection.name);
  config.setMemberOrgsPolicy(policy);
  config.setBlockToLive(collection.blockToLive);
  config.setMemberOnlyRead(collection.memberOnlyRead);
  config.setMemberOnlyWrite(collection.memberOnlyWrite);
  return config;
}
