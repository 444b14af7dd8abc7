import { common, msp } from "@hyperledger/fabric-protos";

/** OutOf(quorum) over one role of each MSP. */
export function outOf(
  quorum: number,
  mspIds: readonly string[],
  role: RoleType,
): common.SignaturePolicyEnvelope {
  const nOutOf = new common.SignaturePolicy.NOutOf();
  nOutOf.setN(quorum);
  const envelope = new common.SignaturePolicyEnvelope();
  mspIds.forEach((mspId, index) => {
    const signedBy = new common.SignaturePolicy();
    signedBy.setSignedBy(index);
    nOutOf.addRules(signedBy);
    envelope.addIdentities(principalOf(mspId, role));
  });
  const rule = new common.SignaturePolicy();
  rule.setNOutOf(nOutOf);
  envelope.setRule(rule);
  return envelope;
}

type RoleType = Parameters<msp.MSPRole["setRole"]>[0];

function principalOf(mspId: string, type: RoleType): msp.MSPPrincipal {
  const role = new msp.MSPRole();
  role.setMspIdentifier(mspId);
  role.setRole(type);
  const principal = new msp.MSPPrincipal();
  principal.setPrincipalClassification(msp.MSPPrincipal.Classification.ROLE);
  principal.setPrincipal(role.serializeBinary());
  return principal;
}
