import { common } from "@hyperledger/fabric-protos";
import type { Case, Group, Identity, Scene } from "../case.ts";
import { channel } from "../network/names.ts";
import { deliver, type Seek, seekEnvelope } from "../wire/seek.ts";

/** Blocks from the first on are the same at every run; what is near the newest one is told by how far it is from it. */
function sought(does: string, seek: Seek, gives: unknown): Case {
  return {
    does,
    gives,
    run: async ({ alice }) => deliver(alice.raw, [await seekEnvelope(alice.identity, seek)]),
  };
}

async function heightOf({ alice }: Scene): Promise<number> {
  const qscc = alice.network.getContract("qscc");
  return common.BlockchainInfo.deserializeBinary(
    await qscc.evaluateTransaction("GetChainInfo", channel),
  ).getHeight();
}

async function near(scene: Scene, seekAt: (height: number) => Seek): Promise<unknown> {
  const height = await heightOf(scene);
  const found = await deliver(scene.alice.raw, [await seekEnvelope(scene.alice.identity, seekAt(height))]);
  return found.map((each) => (typeof each === "number" ? each - height : each));
}

const whole = { start: "oldest", stop: "oldest" } as const;

async function asked({ alice }: Scene, identity: Identity, changes = {}): Promise<unknown> {
  return deliver(alice.raw, [await seekEnvelope(identity, whole, changes)]);
}

const seeks: readonly Case[] = [
  sought("from the oldest to the oldest is the first block", whole, [0, "SUCCESS"]),
  sought("between two numbers is all between them", { start: 1, stop: 2 }, [1, 2, "SUCCESS"]),
  sought("from a number to an earlier one is refused", { start: 2, stop: 1 }, ["BAD_REQUEST"]),
  sought("from nowhere is refused", { start: undefined, stop: 1 }, ["BAD_REQUEST"]),
  sought("to nowhere is refused", { start: 0, stop: undefined }, ["BAD_REQUEST"]),
  sought(
    "from the next commit on, for one who does not wait, is not there",
    { start: "next", stop: 1_000_000 },
    ["NOT_FOUND"],
  ),
  sought("from the first to the next commit is the first alone", { start: 0, stop: "next" }, [0, "SUCCESS"]),
  {
    does: "from the newest to the newest is the last block",
    run: (scene) => near(scene, () => ({ start: "newest", stop: "newest" })),
    gives: [-1, "SUCCESS"],
  },
  {
    does: "past the newest is not there for one who does not wait",
    run: (scene) => near(scene, (height) => ({ start: height, stop: height })),
    gives: ["NOT_FOUND"],
  },
  {
    does: "ends where there is no more for one who does not wait",
    run: (scene) => near(scene, (height) => ({ start: height - 1, stop: height })),
    gives: [-1, "NOT_FOUND"],
  },
  {
    does: "waits for the next block where it is told to",
    run: async (scene) => {
      const { alice, key } = scene;
      const height = await heightOf(scene);
      const envelope = await seekEnvelope(alice.identity, {
        start: height,
        stop: height,
        isImpatient: false,
      });
      const waiting = deliver(alice.raw, [envelope]);
      await alice.submit(["put", key, "1"]);
      return (await waiting).map((each) => (typeof each === "number" ? each - height : each));
    },
    gives: [0, "SUCCESS"],
  },
  {
    does: "may follow another on the same stream",
    run: async ({ alice }) =>
      deliver(alice.raw, [
        await seekEnvelope(alice.identity, { start: 0, stop: 0 }),
        await seekEnvelope(alice.identity, { start: 1, stop: 1 }),
      ]),
    gives: [0, "SUCCESS", 1, "SUCCESS"],
  },
];

const doors: readonly Case[] = [
  {
    does: "of another organisation, of a peer and of an administrator is answered",
    run: async (scene) => {
      const { network } = scene;
      const admin = await network.issue("xa", { commonName: "admin", ou: "admin" });
      return [
        await asked(scene, network.surety()),
        await asked(scene, network.peer("xb")),
        await asked(scene, admin),
      ];
    },
    gives: [
      [0, "SUCCESS"],
      [0, "SUCCESS"],
      [0, "SUCCESS"],
    ],
  },
  {
    does: "of an orderer, a stranger or with an expired certificate is forbidden",
    run: async (scene) => {
      const { network, bob } = scene;
      const orderer = await network.issue("xa", { commonName: "orderer", ou: "orderer" });
      const past = { notBefore: Date.now() - 7_200_000, notAfter: Date.now() - 3_600_000 };
      const expired = await network.issue("xa", { commonName: "late", ou: "client", ...past });
      const strangers = [
        orderer,
        { ...bob.identity, mspId: "XaMSP" },
        { ...bob.identity, mspId: "NobodyMSP" },
        expired,
      ];
      return Promise.all(strangers.map((each) => asked(scene, each)));
    },
    gives: [["FORBIDDEN"], ["FORBIDDEN"], ["FORBIDDEN"], ["FORBIDDEN"]],
  },
  {
    does: "in a channel that is not there, or at another time, is refused",
    run: async (scene) => [
      await asked(scene, scene.alice.identity, { channel: "nowhere" }),
      await asked(scene, scene.alice.identity, { timestampMs: Date.now() - 3_600_000 }),
      await asked(scene, scene.alice.identity, { timestampMs: null }),
    ],
    gives: [["NOT_FOUND"], ["BAD_REQUEST"], ["BAD_REQUEST"]],
  },
  {
    does: "that is garbage, empty or unsigned is refused",
    run: async ({ alice }) => {
      const garbage = new common.Envelope();
      garbage.setPayload(Buffer.from("ffffff", "hex"));
      const unsigned = await seekEnvelope(alice.identity, whole);
      unsigned.setSignature("");
      return Promise.all(
        [garbage, new common.Envelope(), unsigned].map((each) => deliver(alice.raw, [each])),
      );
    },
    gives: [["BAD_REQUEST"], ["BAD_REQUEST"], ["FORBIDDEN"]],
  },
];

export const delivery: Group = { title: "a request for blocks", cases: [...seeks, ...doors] };
