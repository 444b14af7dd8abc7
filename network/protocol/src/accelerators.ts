/**
 * Real accelerators that may be enrolled (`MAX_PEAK_FLOPS`), so that a record every four hours is never ambiguous.
 *
 * Peak, power and bandwidth: Epoch AI, "Data on Machine Learning Hardware" (https://epoch.ai/data/machine-learning-hardware,
 * CC BY 4.0), which names the `source` given here. Idle power is measured for the A100 only: 60 W of 400 W, the fifth percentile
 * of GPU power (62 W) in the Kalos cluster (https://github.com/InternLM/AcmeTrace, CC BY 4.0). For the others it is our
 * estimate, the same 15 % of their rated power.
 */
export interface Accelerator {
  readonly model: string;
  readonly vendor: string;
  /** Dense BF16, FLOP/s. */
  readonly peakFlops: bigint;
  /** Rated power, W. */
  readonly tdpW: number;
  readonly idleW: number;
  /** Memory bandwidth, GB/s. */
  readonly bandwidthGbps: number;
  readonly source: string;
}

const idleShare = 0.15;

export const accelerators: readonly Accelerator[] = [
  accelerator(
    "NVIDIA H200 SXM",
    "NVIDIA",
    989.5,
    700,
    4800,
    "https://nvdam.widen.net/s/nb5zzzsjdf/hpc-datasheet-sc23-h200-datasheet-3002446",
  ),
  accelerator(
    "NVIDIA GH200",
    "NVIDIA",
    989.5,
    700,
    4900,
    "https://resources.nvidia.com/en-us-data-center-overview-mc/en-us-data-center-overview/grace-hopper-superchip-datasheet-partner",
  ),
  accelerator(
    "NVIDIA H100 SXM5 80GB",
    "NVIDIA",
    989.4,
    700,
    3350,
    "https://resources.nvidia.com/en-us-tensor-core/nvidia-tensor-core-gpu-datasheet",
  ),
  accelerator(
    "NVIDIA H100 PCIe",
    "NVIDIA",
    756,
    350,
    2040,
    "https://www.techpowerup.com/gpu-specs/h100-pcie.c3899",
  ),
  accelerator(
    "NVIDIA H800 SXM5",
    "NVIDIA",
    989,
    700,
    3360,
    "https://www.techpowerup.com/gpu-specs/h800-sxm5.c3975",
  ),
  accelerator("NVIDIA HGX H20", "NVIDIA", 148, 400, 4000, "https://viperatech.com/shop/nvidia-hgx-h20/"),
  accelerator(
    "NVIDIA A100 SXM4 80 GB",
    "NVIDIA",
    312,
    400,
    2039,
    "https://www.techpowerup.com/gpu-specs/a100-sxm4-80-gb.c3746",
  ),
  accelerator(
    "NVIDIA A100 SXM4 40 GB",
    "NVIDIA",
    312,
    400,
    1560,
    "https://www.techpowerup.com/gpu-specs/a100-sxm4-40-gb.c3506",
  ),
  accelerator("NVIDIA L40", "NVIDIA", 181, 300, 864, "https://www.techpowerup.com/gpu-specs/l40.c3959"),
  accelerator(
    "NVIDIA L4",
    "NVIDIA",
    121,
    72,
    300,
    "https://nvdam.widen.net/s/rvq98gbwsw/l4-datasheet-2595652",
  ),
  accelerator(
    "NVIDIA A40 PCIe",
    "NVIDIA",
    149.7,
    300,
    696,
    "https://www.techpowerup.com/gpu-specs/a40-pcie.c3700",
  ),
  accelerator(
    "NVIDIA Tesla V100 SXM2 32 GB",
    "NVIDIA",
    125,
    300,
    898,
    "https://www.techpowerup.com/gpu-specs/tesla-v100-sxm2-32-gb.c3185",
  ),
  accelerator(
    "AMD Instinct MI300A",
    "AMD",
    980.6,
    760,
    5300,
    "https://www.amd.com/content/dam/amd/en/documents/instinct-tech-docs/data-sheets/amd-instinct-mi300a-data-sheet.pdf",
  ),
  accelerator(
    "AMD Radeon Instinct MI250X",
    "AMD",
    383,
    500,
    3280,
    "https://www.amd.com/en/products/accelerators/instinct/mi200/mi250x.html",
  ),
  accelerator("Google TPU v6e Trillium", "Google", 918, 380, 1640, "https://cloud.google.com/tpu/docs/v6e"),
  accelerator("Google TPU v5p", "Google", 459, 540, 2765, "https://cloud.google.com/tpu/docs/v5p"),
  accelerator("Intel Habana Gaudi2", "Intel", 450, 600, 2450, "https://perma.cc/9SR3-HX6Q"),
  accelerator(
    "Amazon Trainium2",
    "Amazon",
    667,
    500,
    2900,
    "https://semianalysis.com/2024/12/03/amazons-ai-self-sufficiency-trainium2-architecture-networking/",
  ),
  accelerator(
    "Biren BR100",
    "Biren",
    1024,
    550,
    1640,
    "https://web.archive.org/web/20221004073838/https://www.birentech.com/product_details/1005557637772464128.html",
  ),
];

export function acceleratorOf(model: string): Accelerator | undefined {
  return accelerators.find((accelerator) => accelerator.model === model);
}

function accelerator(
  model: string,
  vendor: string,
  peakTeraflops: number,
  tdpW: number,
  bandwidthGbps: number,
  source: string,
): Accelerator {
  const peakFlops = BigInt(Math.round(peakTeraflops * 10)) * 100_000_000_000n;
  return { model, vendor, peakFlops, tdpW, idleW: Math.round(tdpW * idleShare), bandwidthGbps, source };
}
