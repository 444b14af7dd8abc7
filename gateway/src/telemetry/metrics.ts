import type { FastifyReply, FastifyRequest } from "fastify";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { BundleOutcome } from "../service/bundleService.ts";
import type { ProjectionStatus } from "../service/projectionView.ts";

export interface RequestMetrics {
  readonly observe: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void;
}

export interface Metrics extends RequestMetrics {
  readonly countBundle: (outcome: BundleOutcome) => void;
  readonly text: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface Watched {
  readonly status: () => ProjectionStatus;
  /** Undefined where no node says how far the ledger is. */
  readonly lagBlocks: () => Promise<number | undefined>;
}

const states: readonly ProjectionStatus["state"][] = ["following", "waiting", "broken"];

/** Labels come from closed sets only: route patterns, statuses, outcomes. */
export function createMetrics(projection: Watched): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register, prefix: "comity_gateway_" });
  const requests = new Histogram({
    name: "comity_gateway_request_seconds",
    help: "Time from a request to the end of its answer",
    labelNames: ["route", "status"],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [register],
  });
  const bundles = new Counter({
    name: "comity_gateway_node_bundles_total",
    help: "Answers of nodes that were asked for an evidence bundle",
    labelNames: ["outcome"],
    registers: [register],
  });
  watchProjection(register, projection);
  return {
    observe(request, reply, done) {
      if (request.routeOptions.config.isTip === true) {
        done();
        return;
      }
      const route = request.routeOptions.url ?? "none";
      requests.observe({ route, status: reply.statusCode }, reply.elapsedTime / 1000);
      done();
    },
    countBundle: (outcome) => bundles.inc({ outcome }),
    text: async () => ({ contentType: register.contentType, text: await register.metrics() }),
  };
}

/** Asked for when somebody reads the metrics. */
function watchProjection(register: Registry, { status, lagBlocks }: Watched): void {
  const registers = [register];
  new Gauge({
    name: "comity_gateway_projection_height",
    help: "Newest block of the ledger in the projection; -1 before the first",
    registers,
    collect() {
      this.set(status().height);
    },
  });
  new Gauge({
    name: "comity_gateway_projection_lag_blocks",
    help: "How many blocks the nodes are ahead of the projection, as far as they say",
    registers,
    async collect() {
      this.set((await lagBlocks()) ?? 0);
    },
  });
  new Gauge({
    name: "comity_gateway_projection_state",
    help: "1 for the state that the projection is in",
    labelNames: ["state"],
    registers,
    collect() {
      for (const state of states) this.set({ state }, status().state === state ? 1 : 0);
    },
  });
}
