import { StatusCode } from "@hyperledger/fabric-gateway";
import type { Case, Group, Scene, Step } from "../case.ts";

const { ENDORSEMENT_POLICY_FAILURE, VALID } = StatusCode;

async function endorsedBy(
  { alice, key }: Scene,
  mspIds: readonly string[],
  more: readonly Step[] = [],
): Promise<number> {
  return alice.code([["put", key, "1"], ...more], { endorsingOrganizations: [...mspIds] });
}

const cases: readonly Case[] = [
  {
    does: "of the chaincode takes any quorum of the members, and no fewer",
    run: async (scene) => [
      await endorsedBy(scene, ["XaMSP", "XbMSP"]),
      await endorsedBy(scene, ["XbMSP", "XcMSP", "XdMSP"]),
      await endorsedBy(scene, ["XaMSP", "XbMSP", "XcMSP", "XdMSP"]),
    ],
    gives: [ENDORSEMENT_POLICY_FAILURE, VALID, VALID],
  },
  {
    does: "of a key is empty until it is set, and then what was set",
    run: async ({ alice, key }) => {
      const before = await alice.evaluate(["getPolicy", key]);
      await alice.submit(["put", key, "1"], ["setPolicy", key, "XaMSP", "XdMSP"]);
      return [before, await alice.evaluate(["getPolicy", key])];
    },
    gives: [[], ["XaMSP", "XdMSP"]],
  },
  {
    does: "of a key takes the place of the chaincode's",
    run: async (scene) => {
      await scene.alice.submit(["put", scene.key, "1"], ["setPolicy", scene.key, "XaMSP", "XdMSP"]);
      return [
        await endorsedBy(scene, ["XaMSP", "XbMSP", "XcMSP"]),
        await endorsedBy(scene, ["XaMSP", "XdMSP"]),
      ];
    },
    gives: [ENDORSEMENT_POLICY_FAILURE, VALID],
  },
  {
    does: "of a key is known to the gateway, which asks whom it needs",
    run: async ({ alice, key }) => {
      await alice.submit(["put", key, "1"], ["setPolicy", key, "XbMSP", "XcMSP", "XdMSP"]);
      return alice.code([["put", key, "2"]]);
    },
    gives: VALID,
  },
  {
    does: "of a key that is not there is not kept",
    run: async ({ alice, key }) => [
      await alice.code([["setPolicy", key, "XaMSP"]]),
      await alice.evaluate(["getPolicy", key]),
    ],
    gives: [0, []],
  },
  {
    does: "of a key goes with it when it is deleted",
    run: async (scene) => {
      const { alice, key } = scene;
      await alice.submit(["put", key, "1"], ["setPolicy", key, "XaMSP"]);
      const code = await alice.code([["delete", key]]);
      return [code, await alice.evaluate(["getPolicy", key])];
    },
    gives: [0, []],
  },
];

export const policy: Group = { title: "the endorsement policy", cases };
