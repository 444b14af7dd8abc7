import type { FastifyReply, FastifyRequest } from "fastify";
import { collectDefaultMetrics, Counter, Histogram, Registry } from "prom-client";
import type { BundleOutcome } from "../service/bundleService.ts";

export interface RequestMetrics {
  readonly observe: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void;
}

export interface Metrics extends RequestMetrics {
  readonly countBundle: (outcome: BundleOutcome) => void;
  readonly text: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Labels come from closed sets only: route patterns, statuses, outcomes. */
export function createMetrics(): Metrics {
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
  return {
    observe(request, reply, done) {
      const route = request.routeOptions.url ?? "none";
      requests.observe({ route, status: reply.statusCode }, reply.elapsedTime / 1000);
      done();
    },
    countBundle: (outcome) => bundles.inc({ outcome }),
    text: async () => ({ contentType: register.contentType, text: await register.metrics() }),
  };
}
