import { AlertContract } from "./alert/alertContract.ts";
import { BondContract } from "./bond/bondContract.ts";
import { CheckpointContract } from "./checkpoint/checkpointContract.ts";
import { BountyContract } from "./bounty/bountyContract.ts";
import { CoalitionContract } from "./coalition/coalitionContract.ts";
import { DesignationContract } from "./designation/designationContract.ts";
import { DigestContract } from "./digest/digestContract.ts";
import { FacilityContract } from "./facility/facilityContract.ts";
import { NoticeContract } from "./notice/noticeContract.ts";
import { RulebookContract } from "./rulebook/rulebookContract.ts";

/** All that Fabric loads. */
export const contracts = [
  CoalitionContract,
  RulebookContract,
  FacilityContract,
  NoticeContract,
  AlertContract,
  BondContract,
  CheckpointContract,
  DesignationContract,
  DigestContract,
  BountyContract,
];
