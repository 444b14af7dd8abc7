import {
  type Accelerator,
  acceleratorOf,
  type KernelClass,
  kernelClasses,
  sha256,
  utf8,
} from "@comity/protocol";
import type { TracePhase } from "./config.ts";
import type { Reading, ReadingSource } from "./reading.ts";

/** Share of memory bandwidth that kernels of a class use when the accelerator is fully busy, roughly. */
const bandwidthShare: Record<KernelClass, number> = {
  matmul: 0.55,
  attention: 0.8,
  conv: 0.6,
  allreduce: 0.3,
  other: 0.4,
};

const digests = Object.fromEntries(
  kernelClasses.map((name) => [name, sha256(utf8(`comity/profile/${name}`))]),
) as Record<KernelClass, Uint8Array>;

/** Nobody reaches the datasheet's peak; and never above it, or a node would call it impossible. */
const GREATEST_UTILISATION = 0.98;

/**
 * Readings computed from a seed: utilisation by phase with a little noise, power between idle and rated in proportion. The same seed,
 * serial and times give the same reading in any run, so a restarted attester goes on where it was.
 */
export function profileSource(seed: string, phases: readonly TracePhase[]): ReadingSource {
  const seeds = new Map<string, number>();
  return ({ serial, model }, fromMs, toMs) => {
    const start = seeds.get(serial) ?? seedOf(seed, serial);
    seeds.set(serial, start);
    const accelerator = acceleratorOf(model);
    if (accelerator === undefined) throw new RangeError(`${model} is in no table`);
    return readingOf(accelerator, phaseAt(phases, fromMs), randomOf(start, fromMs), toMs - fromMs);
  };
}

function readingOf(
  accelerator: Accelerator,
  phase: TracePhase | undefined,
  random: () => number,
  spanMs: number,
): Reading {
  const noise = (): number => 2 * random() - 1;
  const wanted = (phase?.utilisationBasisPoints ?? 0) / 10_000;
  const isBusy = wanted > 0;
  const used = isBusy ? Math.min(GREATEST_UTILISATION, Math.max(0, wanted * (1 + 0.03 * noise()))) : 0;
  const kernelClass = isBusy && phase ? drawn(phase.kernelMix, random()) : "other";
  const power = accelerator.idleW + used * (accelerator.tdpW - accelerator.idleW);
  return {
    kernelClass,
    kernelDigest: digests[kernelClass],
    powerW: Math.max(0, Math.round(power + 0.01 * accelerator.tdpW * noise())),
    bandwidthGbps: Math.round(accelerator.bandwidthGbps * used * bandwidthShare[kernelClass]),
    driverVersion: [550, 90, 7],
    flops: (accelerator.peakFlops * BigInt(Math.round(used * 1e6)) * BigInt(spanMs)) / 1_000_000_000n,
  };
}

function phaseAt(phases: readonly TracePhase[], policyMs: number): TracePhase | undefined {
  return phases.findLast((phase) => phase.fromPolicyMs <= policyMs);
}

function drawn(mix: TracePhase["kernelMix"], random: number): KernelClass {
  const total = kernelClasses.reduce((sum, name) => sum + (mix[name] ?? 0), 0);
  let left = random * total;
  for (const name of kernelClasses) {
    left -= mix[name] ?? 0;
    if (left < 0) return name;
  }
  return "other";
}

function seedOf(seed: string, serial: string): number {
  const [a = 0, b = 0, c = 0, d = 0] = sha256(utf8(`${seed}\n${serial}`));
  return (a << 24) | (b << 16) | (c << 8) | d;
}

/** Mulberry32: small, good enough for noise, no secret. */
function randomOf(seed: number, fromMs: number): () => number {
  let state = seed ^ Math.imul(Math.floor(fromMs / 1000), 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
