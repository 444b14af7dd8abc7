import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";

/** Where the figures come from; each is asked when somebody reads the metrics. */
export interface MetricSources {
  readonly view: {
    height(): bigint;
    unread(): { readonly forMs: number } | undefined;
    currentEpoch(): { readonly keyEpoch: number } | undefined;
  };
  readonly network: { peers(): readonly { readonly connected: boolean }[]; verdicts(): readonly Verdicts[] };
  readonly cosigner: { status(): readonly unknown[] };
  readonly duties: { status(): readonly unknown[] };
  readonly logs: {
    list(): readonly { readonly own: boolean; readonly size: number }[];
    readonly fullestMirror: number;
  };
  readonly replicator: { readonly waiting: number };
  readonly intake: {
    readonly queuedBytes: number;
    readonly counters: {
      snapshot(): {
        readonly segments: Counts;
        readonly requests: Counts;
        readonly records: number;
      };
    };
  };
}

type Counts = Iterable<readonly [outcome: string, count: number]>;

interface Verdicts {
  readonly topic: string;
  readonly accept: number;
  readonly ignore: number;
  readonly reject: number;
}

/** The node's metrics. Every label's values are a closed set, and no label names an operator, a host or a member. */
export function createMetrics(sources: MetricSources): Registry {
  const { view, network, cosigner, duties, logs, intake, replicator } = sources;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauges: Record<string, [help: string, read: () => number]> = {
    comity_ledger_height: ["Number of the newest block followed", () => Number(view.height())],
    comity_ledger_unread_seconds: [
      "For how long the next block could not be read, 0 where it can",
      () => (view.unread()?.forMs ?? 0) / 1000,
    ],
    comity_key_epoch: [
      "Epoch of the group key in force, 0 without one",
      () => view.currentEpoch()?.keyEpoch ?? 0,
    ],
    comity_connected_peers: [
      "Other members' nodes connected now",
      () => network.peers().filter(({ connected }) => connected).length,
    ],
    comity_open_proposals: ["Statements waiting for signatures", () => cosigner.status().length],
    comity_open_duties: [
      "Decided cases and registry digests that lack the coalition's signature",
      () => duties.status().length,
    ],
    comity_mirror_fullest_ratio: [
      "Share of its room here that the other member with the most evidence has used, 0 to 1",
      () => logs.fullestMirror,
    ],
    comity_unreplicated_batches: ["Batches that wait for copies on other nodes", () => replicator.waiting],
    comity_intake_queued_bytes: ["Evidence taken in and not answered yet", () => intake.queuedBytes],
  };
  for (const [name, [help, read]] of Object.entries(gauges)) gauge(registry, name, help, read);
  logEntries(registry, sources);
  gossipMessages(registry, sources);
  const counts = () => intake.counters.snapshot();
  outcomes(
    registry,
    "comity_intake_segments_total",
    "Segments received from attesters, by what became of them",
    () => counts().segments,
  );
  outcomes(
    registry,
    "comity_intake_requests_total",
    "Requests of attesters, by what they were answered",
    () => counts().requests,
  );
  total(registry, "comity_intake_records_total", "Records in accepted segments", () => counts().records);
  return registry;
}

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  registry.registerMetric(
    new Gauge({
      name,
      help,
      registers: [],
      collect() {
        this.set(read());
      },
    }),
  );
}

function logEntries(registry: Registry, sources: MetricSources): void {
  registry.registerMetric(
    new Gauge({
      name: "comity_log_entries",
      help: "Entries of the evidence logs on this node's disk",
      labelNames: ["holding"],
      registers: [],
      collect() {
        for (const holding of ["own", "mirrored"]) this.set({ holding }, 0);
        for (const { own, size } of sources.logs.list())
          this.inc({ holding: own ? "own" : "mirrored" }, size);
      },
    }),
  );
}

function gossipMessages(registry: Registry, sources: MetricSources): void {
  registry.registerMetric(
    new Counter({
      name: "comity_gossip_messages_total",
      help: "Gossip received, by topic and verdict",
      labelNames: ["topic", "verdict"],
      registers: [],
      collect() {
        this.reset();
        for (const { topic: channel, ...verdicts } of sources.network.verdicts()) {
          // `/comity/<network>/<topic>/1`
          const topic = channel.split("/")[3] ?? channel;
          for (const [verdict, count] of Object.entries(verdicts)) this.inc({ topic, verdict }, count);
        }
      },
    }),
  );
}

function outcomes(registry: Registry, name: string, help: string, read: () => Counts): void {
  registry.registerMetric(
    new Counter({
      name,
      help,
      labelNames: ["outcome"],
      registers: [],
      collect() {
        this.reset();
        for (const [outcome, count] of read()) this.inc({ outcome }, count);
      },
    }),
  );
}

function total(registry: Registry, name: string, help: string, read: () => number): void {
  registry.registerMetric(
    new Counter({
      name,
      help,
      registers: [],
      collect() {
        this.reset();
        this.inc(read());
      },
    }),
  );
}
