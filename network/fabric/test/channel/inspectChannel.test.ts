import assert from "node:assert/strict";
import type { ChannelConfig } from "../../src/channel/channelConfig.ts";
import { inspectChannel } from "../../src/channel/inspectChannel.ts";

const members = ["A", "B", "C", "D"].map((name, at) => ({
  memberId: `x${"abcd"[at] ?? ""}`,
  mspId: `${name}MSP`,
}));
const mspIds = members.map(({ mspId }) => mspId);

function outOf(n: number, ids: readonly string[] = mspIds) {
  const value = {
    identities: ids.map((msp_identifier) => ({ principal: { msp_identifier } })),
    rule: { n_out_of: { n, rules: ids.map((_, signed_by) => ({ signed_by })) } },
  };
  return { policy: { type: 1, value } };
}

/** As `configtxlator` shows a channel of four and a surety. */
function channel() {
  const organisation = (policies: object = {}) => ({ groups: {}, values: {}, policies });
  const endorsing = Object.fromEntries(mspIds.map((id) => [id, organisation({ Endorsement: {} })]));
  const mapping = mspIds.map((msp_id) => ({ msp_id }));
  return {
    Application: {
      groups: { ...endorsing, SuretyMSP: organisation() } as Record<string, object>,
      values: {},
      policies: { Endorsement: outOf(3), LifecycleEndorsement: outOf(3), Admins: outOf(3) } as Record<
        string,
        object
      >,
    },
    Orderer: {
      groups: Object.fromEntries(mspIds.map((id) => [id, organisation()])),
      values: { Orderers: { value: { consenter_mapping: mapping } } },
      policies: { Admins: outOf(3) } as Record<string, object>,
    },
  };
}

const failing = (groups: ReturnType<typeof channel>) => {
  const config = { channel_group: { groups, values: {}, policies: {} } } as unknown as ChannelConfig;
  return inspectChannel(config, members).filter(({ holds }) => !holds);
};

describe("inspectChannel", () => {
  it("finds nothing in a channel that is as the register says, surety or not", () => {
    assert.deepEqual(failing(channel()), []);
  });

  it("finds an endorser that is no member", () => {
    const groups = channel();
    groups.Application.groups["EMSP"] = { groups: {}, values: {}, policies: { Endorsement: {} } };

    assert.deepEqual(
      failing(groups).map(({ what, found }) => [what, found]),
      [["exactly the members may endorse", "AMSP, BMSP, CMSP, DMSP, EMSP"]],
    );
  });

  it("finds a member that does not order, and one whose consenter is another's", () => {
    const groups = channel();
    delete groups.Orderer.groups["DMSP"];
    groups.Orderer.values.Orderers.value.consenter_mapping[3] = { msp_id: "AMSP" };

    assert.deepEqual(
      failing(groups).map(({ what }) => what),
      ["exactly the members order", "every member has one consenter"],
    );
  });

  for (const [what, policy] of [
    ["fewer", outOf(2)],
    ["more", outOf(4)],
    ["one that is no member", outOf(3, [...mspIds.slice(1), "SuretyMSP"])],
    ["a member twice", outOf(3, [...mspIds.slice(1), "BMSP"])],
    ["a majority", { policy: { type: 3, value: { rule: "MAJORITY", sub_policy: "Admins" } } }],
    ["nobody", undefined],
  ] as const) {
    it(`finds a policy that asks ${what}`, () => {
      for (const name of ["Endorsement", "LifecycleEndorsement", "Admins"]) {
        const groups = channel();
        const others = Object.entries(groups.Application.policies).filter(([key]) => key !== name);
        const changed: [string, object][] = policy === undefined ? [] : [[name, policy]];
        groups.Application.policies = Object.fromEntries([...others, ...changed]);

        assert.deepEqual(
          failing(groups).map((each) => each.what),
          [`Application/${name} asks 3 of exactly the members`],
        );
      }
    });
  }
});
