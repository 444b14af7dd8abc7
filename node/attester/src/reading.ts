import type { KernelClass } from "@comity/protocol";

/** What an accelerator shows at the end of a recording interval. */
export interface Reading {
  readonly kernelClass: KernelClass;
  readonly kernelDigest: Uint8Array;
  readonly powerW: number;
  readonly bandwidthGbps: number;
  readonly driverVersion: readonly [number, number, number];
  /** Work since the reading before, FLOP. */
  readonly flops: bigint;
}

/** Where readings come from: an accelerator over (fromMs, toMs], policy time. */
export type ReadingSource = (
  accelerator: { serial: string; model: string },
  fromMs: number,
  toMs: number,
) => Reading;
