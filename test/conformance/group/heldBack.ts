import { StatusCode } from "@hyperledger/fabric-gateway";
import type { Case, Group, Step } from "../case.ts";
import { argumentsOf, codeOf } from "../network/caller.ts";
import { endorse, statusOf, submit } from "../wire/call.ts";
import { signEnvelope } from "../wire/envelope.ts";
import { makeProposal } from "../wire/proposal.ts";

const { MVCC_READ_CONFLICT, VALID } = StatusCode;

/** As the rules of deadlines have it: what is late finds its bucket closed. */
const filing = (key: string): Step[] => [
  ["get", `closed!${key}`],
  ["put", key, "filed"],
];
const closing = (key: string): Step => ["put", `closed!${key}`, "closed"];

const cases: readonly Case[] = [
  {
    does: "is dead once the key of its bucket is there",
    run: async ({ alice, bob, key }) => {
      const held = await alice.endorse(filing(key));
      await bob.submit(closing(key));
      return [await codeOf(held), await alice.evaluate(["get", key])];
    },
    gives: [MVCC_READ_CONFLICT, ""],
  },
  {
    does: "is dead for each of those who held one back, in one block or in several",
    run: async ({ network, alice, key }) => {
      const callers = ["xa", "xb", "xc", "xd"].map((id) => network.caller(id));
      const held = await Promise.all(
        callers.map((each, at) => each.endorse(filing(key).concat([["put", `${key}${at}`, ""]]))),
      );
      await alice.submit(closing(key));
      return Promise.all(held.map(codeOf));
    },
    gives: Array.from({ length: 4 }, () => MVCC_READ_CONFLICT),
  },
  {
    does: "is valid as long as nobody closed its bucket, however old its time is",
    run: async ({ alice, key }) => {
      const proposal = await makeProposal(alice.identity, filing(key), { timestampMs: Date.now() - 55_000 });
      const envelope = await signEnvelope(await endorse(alice.raw, proposal), alice.identity);
      for (const n of ["1", "2", "3"]) await alice.submit(["put", `${key}other`, n]);
      await submit(alice.raw, envelope, proposal.txId);
      return statusOf(alice.raw, alice.identity, proposal.txId);
    },
    gives: VALID,
  },
  {
    does: "may be sent by another than who had it endorsed, through another gateway",
    run: async ({ network, alice, key }) => {
      const bytes = (await alice.endorse(filing(key))).getBytes();
      const signed = await alice.gateway.newTransaction(bytes).submit();
      await signed.getStatus();
      const other = network.caller("xd", alice.identity);
      const again = await alice.endorse([
        ["get", key],
        ["put", `${key}b`, "1"],
      ]);
      return codeOf(other.gateway.newTransaction(again.getBytes()));
    },
    gives: VALID,
  },
  {
    does: "has a status that another gateway of another member tells, too",
    run: async ({ alice, bob, key }) => {
      const proposal = alice.contract.newProposal("run", argumentsOf(filing(key)));
      const transaction = await proposal.endorse();
      await bob.submit(closing(key));
      const own = await codeOf(transaction);
      return [own, await statusOf(bob.raw, bob.identity, transaction.getTransactionId())];
    },
    gives: [MVCC_READ_CONFLICT, MVCC_READ_CONFLICT],
  },
];

export const heldBack: Group = { title: "a transaction that was held back", cases };
