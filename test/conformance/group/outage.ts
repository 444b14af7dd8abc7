import type { Caller, Case, Group, Scene, Step } from "../case.ts";
import { tooFew, unendorsed } from "../expected.ts";
import { codeOf } from "../network/caller.ts";
import { failure } from "../observed.ts";

const write = (key: string): Step[] => [["put", key, "1"]];

/** What happens while one member's chaincode server does not run; all is well again afterwards. */
async function without(
  { network }: Scene,
  stop: (name: string) => Promise<void> | void,
  memberIds: readonly string[],
  then: () => Promise<unknown>,
): Promise<unknown> {
  for (const id of memberIds) await stop(`chaincode-${id}`);
  try {
    return await then();
  } finally {
    await Promise.all(memberIds.map((id) => network.restart(`chaincode-${id}`)));
    for (const id of memberIds) await answers(network, network.caller(id));
  }
}

function answers(network: Scene["network"], caller: Caller): Promise<unknown> {
  return network.until("the chaincode answers again", async () => {
    const member = await caller.evaluate(["member"]).catch(() => undefined);
    return member === caller.identity.mspId ? true : undefined;
  });
}

const hung = (scene: Scene) => (name: string) => scene.network.signal(name, "SIGSTOP");
const killed = (scene: Scene) => (name: string) => scene.network.kill(name);

/** Whoever is asked first after a server was killed may still find its connection open. */
async function noticed({ alice, key }: Scene): Promise<void> {
  await failure(alice.endorse(write(`${key}noticed`)));
}

const cases: readonly Case[] = [
  {
    does: "of another member's chaincode that hangs is made up for by the rest",
    run: (scene) =>
      without(scene, hung(scene), ["xc"], async () => {
        const { alice, key } = scene;
        return [await alice.code(write(key)), await alice.code(write(`${key}b`))];
      }),
    gives: [0, 0],
  },
  {
    does: "of the gateway's own chaincode that hangs fails its clients",
    run: (scene) => without(scene, hung(scene), ["xa"], () => failure(scene.alice.endorse(write(scene.key)))),
    gives: unendorsed(
      "error in simulation: failed to execute transaction <hash>: error sending: timeout expired while executing transaction",
    ),
  },
  {
    does: "of the gateway's own chaincode that hangs leaves the others' clients alone",
    run: (scene) => without(scene, hung(scene), ["xa"], () => scene.bob.code(write(scene.key))),
    gives: 0,
  },
  {
    does: "of another member's chaincode that was killed is made up for by the rest",
    run: (scene) => without(scene, killed(scene), ["xc"], () => scene.alice.code(write(scene.key))),
    gives: 0,
  },
  {
    does: "of the gateway's own chaincode that was killed fails its clients, who may still ask",
    run: (scene) =>
      without(scene, killed(scene), ["xa"], async () => {
        const { alice, key } = scene;
        await noticed(scene);
        const endorse = await failure(alice.endorse(write(key)));
        return [endorse, ["XbMSP", "XcMSP", "XdMSP"].includes(String(await alice.evaluate(["member"])))];
      }),
    gives: [
      unendorsed(
        'error in simulation: failed to execute transaction <hash>: could not launch chaincode probe: connection to probe failed: error cannot create connection for probe: error creating grpc connection to <address>: failed to create new connection: connection error: desc = "transport: error while dialing: dial tcp <address>: connect: connection refused"',
      ),
      true,
    ],
  },
  {
    does: "of more chaincode servers than the quorum can spare stops writing",
    run: (scene) =>
      without(scene, killed(scene), ["xc", "xd"], async () => {
        await noticed(scene);
        return failure(scene.alice.endorse(write(scene.key)));
      }),
    gives: tooFew(
      'error in simulation: failed to execute transaction <hash>: could not launch chaincode probe: connection to probe failed: error cannot create connection for probe: error creating grpc connection to <address>: failed to create new connection: connection error: desc = "transport: error while dialing: dial tcp <address>: connect: connection refused"',
    ),
  },
  {
    does: "of a chaincode server in the middle of a transaction is made up for by the rest",
    run: async (scene) => {
      const { alice, network, key } = scene;
      const code = await codeOf(await alice.endorse([["exitAt", "XbMSP"], ...write(key)]));
      await answers(network, network.caller("xb"));
      return code;
    },
    gives: 0,
  },
  {
    does: "of the gateway's own process fails its clients at once",
    run: async ({ network, key }) => {
      const process = network.engine.gatewayProcess("xd");
      const caller = network.caller("xd");
      await network.kill(process);
      const refused = [await failure(caller.endorse(write(key))), await failure(caller.evaluate(["member"]))];
      await network.restart(process);
      await network.ready();
      return refused.map((each) => each.split(":")[0]);
    },
    gives: ["EndorseError UNAVAILABLE", "GatewayError UNAVAILABLE"],
  },
  {
    does: "of one member's peer leaves the others at work",
    run: async ({ network, alice, key }) => {
      const process = network.engine.gatewayProcess("xd");
      await network.kill(process);
      const code = await failure(alice.code(write(key)).then(String));
      await network.restart(process);
      await network.ready();
      return code;
    },
    gives: "0",
  },
];

export const outage: Group = { title: "the outage", cases };
