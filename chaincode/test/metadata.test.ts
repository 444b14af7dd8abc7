import "./fixture/quiet.ts";
import assert from "node:assert/strict";
import { AlertContract } from "../src/alert/alertContract.ts";
import { BondContract } from "../src/bond/bondContract.ts";
import { CheckpointContract } from "../src/checkpoint/checkpointContract.ts";
import { BountyContract } from "../src/bounty/bountyContract.ts";
import { CoalitionContract } from "../src/coalition/coalitionContract.ts";
import { DesignationContract } from "../src/designation/designationContract.ts";
import { DigestContract } from "../src/digest/digestContract.ts";
import { FacilityContract } from "../src/facility/facilityContract.ts";
import { NoticeContract } from "../src/notice/noticeContract.ts";
import { RulebookContract } from "../src/rulebook/rulebookContract.ts";

interface Described {
  readonly name: string;
  readonly tag: readonly string[];
  readonly parameters: readonly { readonly name: string; readonly schema: { readonly type?: string } }[];
}

const reflection = Reflect as unknown as { getMetadata(key: string, target: object): Described[] };

/** Each transaction's number of arguments. */
const expected = {
  coalition: {
    contract: CoalitionContract,
    submit: {
      Genesis: 1,
      RegisterNode: 1,
      ProposeSurety: 1,
      CloseBucket: 1,
      ProposeKey: 1,
      ProposeMembership: 1,
      AcceptKey: 1,
      Deal: 1,
      ClosePhase: 2,
      AccuseDealer: 1,
      ConfirmKey: 1,
      SignRecord: 1,
      ActivateKey: 1,
      ActivateMembership: 2,
    },
    evaluate: {
      ...{ ReadSurety: 1, ReadMembership: 1, ListMemberships: 2 },
      ...{ ReadRegister: 0, ReadGenesis: 0, ReadKeySession: 0, ReadEpochs: 0 },
    },
  },
  rulebook: { contract: RulebookContract, submit: {}, evaluate: { Read: 0 } },
  facility: {
    contract: FacilityContract,
    submit: { RegisterOperator: 1, RegisterSite: 1, EnrolHosts: 1 },
    evaluate: { ReadSite: 1, ReadHost: 1, ListHosts: 3, ListSites: 2 },
  },
  notice: {
    contract: NoticeContract,
    submit: { File: 1, Amend: 2, Withdraw: 2, Start: 1, Complete: 1 },
    evaluate: { Read: 1, ReadRevision: 2, List: 2, PenaltyCeiling: 1 },
  },
  alert: { contract: AlertContract, submit: { File: 1 }, evaluate: { Read: 1, List: 2 } },
  bond: {
    contract: BondContract,
    submit: { Post: 1, Accept: 2, SweepDue: 1, Release: 1 },
    evaluate: { Read: 1, ReadRevision: 2, List: 2 },
  },
  checkpoint: {
    contract: CheckpointContract,
    submit: { Declare: 1, Register: 1 },
    evaluate: { Read: 2, ReadCadence: 1 },
  },
  designation: {
    contract: DesignationContract,
    submit: { Nominate: 1, Serve: 2, Respond: 2, OpenVote: 3, Vote: 1, Publish: 1 },
    evaluate: { Read: 1, ReadRevision: 2, List: 2 },
  },
  digest: { contract: DigestContract, submit: { File: 1 }, evaluate: { Read: 1 } },
  bounty: {
    contract: BountyContract,
    submit: { RegisterOfficer: 1, RegisterGateway: 1, FileRoot: 1, RequestOpening: 1, ApproveOpening: 1 },
    evaluate: { ReadHour: 2, ReadOpening: 1, ListOfficers: 2, ListGateways: 2, ListOpenings: 2 },
  },
} as const;

for (const [name, { contract, submit, evaluate }] of Object.entries(expected)) {
  describe(`Contract ${name}`, () => {
    const transactions = reflection.getMetadata("fabric:transactions", contract.prototype);

    it("goes by its name", () => {
      assert.equal(new contract().getName(), name);
    });

    it("offers exactly its transactions, with texts for arguments and not the context", () => {
      const offered = (tag: string): Record<string, number> =>
        Object.fromEntries(
          transactions
            .filter((each) => each.tag.includes(tag))
            .map((each) => [each.name, each.parameters.length]),
        );

      assert.deepEqual(offered("SUBMIT"), submit);
      assert.deepEqual(offered("EVALUATE"), evaluate);
      for (const { parameters } of transactions) {
        assert.ok(
          parameters.every(({ name: parameter, schema }) => parameter !== "ctx" && schema.type === "string"),
        );
      }
    });
  });
}
