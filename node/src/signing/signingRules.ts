import { figure, type Genesis } from "@comity/protocol";

/** The rulebook's figures that bound co-signing. */
export function signingRules(genesis: Pick<Genesis, "rulebook">) {
  return {
    maxOpenPerMember: Number(figure(genesis, "openProposals")),
    proposalLifeMs: Number(figure(genesis, "proposalLifetimeMs")),
    replacementBasisPoints: figure(genesis, "alertReplacementBasisPoints"),
  };
}
