#!/usr/bin/env python3
"""Writes data/catalog/efficiency.yaml from the measurements in ../shared/data/perf.

Two kinds of numbers (docs/model.md, "Where the efficiencies come from"):
  - operation level: medians of the fits in op_summary.csv, computed here;
  - whole engines: fixed times and low-precision streaming, which only full engine runs show. They
    were fitted to the vLLM rows of measured.csv with the formulas of docs/model.md, operation level
    pinned, and are written down in ENGINE below.
GPUs without measurements take those of a relative and are marked `extrapolated: true`.

Usage: scripts/derive_efficiency.py [SHARED_PERF_DIRECTORY] > data/catalog/efficiency.yaml
"""

import csv
import math
import os
import statistics
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PERF = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "..", "shared", "data", "perf")

# Names in op_summary.csv -> ours. Peaks and bandwidths are needed for compute_half_tokens only:
# (bf16 TFLOPS, GB/s), as in data/catalog/gpus.yaml.
PROFILED = {
    "A100-80G-SXM": ("a100-80gb-sxm", 312, 2039),
    "H100-SXM": ("h100-sxm", 989, 3350),
    "H200-SXM": ("h200-sxm", 989, 4800),
    "L40S": ("l40s", 362, 864),
    "B200": ("b200", 2250, 8000),
    "B300": ("b300", 2250, 8000),
    "GB200": ("gb200", 2500, 8000),
    "GB300": ("gb300", 2500, 8000),
    "RTX-PRO-6000-BW-Server": ("rtx-pro-6000", 503.8, 1597),
}
NEWEST_VLLM = 0.18  # older releases had slower kernels; used only where nothing newer was profiled

# Whole-engine terms: step and layer times in us, moe_layer, per sequence, expert efficiency,
# low-precision weight streaming.
ENGINE = {
    "h100-sxm": dict(step=460, layer=46, moe_layer=65, sequence=38, moe=0.30, weights_low=0.88),
    "h200-sxm": dict(step=770, layer=48, moe_layer=90, sequence=12, moe=0.30, weights_low=0.90),
    "b200": dict(step=700, layer=44, moe_layer=68, sequence=5, moe=0.30, weights_low=0.85),
    "b300": dict(step=700, layer=44, moe_layer=65, sequence=5, moe=0.30, weights_low=0.85),
    "a100-80gb-sxm": dict(step=460, layer=52, moe_layer=73, sequence=50, moe=0.30, weights_low=0.70),
    # No engine runs: launches cost what they cost on a GPU of the same generation of hosts.
    "gb200": dict(step=700, layer=44, moe_layer=68, sequence=5, moe=0.30, weights_low=0.85),
    "gb300": dict(step=700, layer=44, moe_layer=65, sequence=5, moe=0.30, weights_low=0.85),
    "l40s": dict(step=460, layer=50, moe_layer=70, sequence=40, moe=0.30, weights_low=0.70),
    "rtx-pro-6000": dict(step=460, layer=46, moe_layer=65, sequence=38, moe=0.30, weights_low=0.80),
}

NVLINK_H = ((7.6, 361), (19, 36))      # hand-over: in node, between nodes (us, GB/s)
NVLINK_A = ((14, 306), (28, 7.8))
PCIE = ((12, 20), (28, 7.8))
SLOW_PCIE = ((15, 10), (40, 3))

# name: (relative, changes, all-reduce source or list, hand-over, remark)
RELATIVES = {
    "t4": ("a100-80gb-sxm", dict(compute=0.50, compute_low=0.40, attention=0.25, weights=0.75, kv=0.60, layer=70, moe_layer=90),
           [(2, 15, 8), (4, 25, 4), (8, 40, 2)], SLOW_PCIE, "Turing card, power limited; PCIe 3"),
    "v100-sxm-16gb": ("a100-80gb-sxm", dict(compute=0.68, attention=0.30, weights=0.75, kv=0.60, layer=70, moe_layer=90),
                      [(2, 10, 60), (4, 12, 60), (8, 15, 60)], ((14, 120), (40, 3)),
                      "compute as in the Helix per-layer profiles (ASPLOS 2025), 0.65-0.73"),
    "v100-sxm-32gb": ("v100-sxm-16gb", {}, None, None, "as v100-sxm-16gb"),
    "a10": ("a100-80gb-sxm", dict(compute=0.62, attention=0.40), [(2, 10, 16), (4, 15, 6), (8, 22, 3)], PCIE,
            "power limited at 150 W"),
    "a10g": ("a10", dict(compute=0.80), None, None, "about half the tensor peak of A10, so less power limited"),
    "l4": ("l40s", dict(compute=0.50, compute_low=0.40), None, None,
           "compute as in the Helix per-layer profiles (ASPLOS 2025), 0.50-0.58; 72 W"),
    "l40": ("l40s", {}, None, None, "as l40s"),
    "a40": ("a100-80gb-sxm", dict(compute=0.76, weights=0.78), [(2, 10, 40)], ((1.4, 4.1), (66.6, 2.7)),
            "matrix products and hand-over measured (vidur profiles)"),
    "rtx-a6000": ("a40", {}, None, None, "as a40"),
    "rtx-4090": ("l40s", dict(compute=0.75), [(2, 15, 10), (4, 25, 5), (8, 40, 2.5)], SLOW_PCIE,
                 "no peer-to-peer: messages go through host memory"),
    "a100-40gb-sxm": ("a100-80gb-sxm", {}, None, None, "the same chip"),
    "a100-80gb-pcie": ("a100-80gb-sxm", dict(compute=0.70), None, ((7.6, 300), (28, 7.8)),
                       "300 W; NVLink bridge between two"),
    "h100-pcie": ("h100-sxm", dict(compute=0.62, compute_low=0.50), [(2, 5, 180)], ((8, 250), (19, 36)),
                  "350 W; NVLink bridge between two"),
    "h100-nvl": ("h100-sxm", dict(compute=0.70, compute_low=0.56), [(2, 5, 200)], ((8, 280), (19, 36)),
                 "400 W; NVLink bridge between two"),
    "gh200": ("h100-sxm", {}, None, None, "as h100-sxm"),
    "mi250": ("mi300x", dict(compute=0.45), [(2, 15, 60), (4, 20, 60), (8, 30, 60)], None,
              "two dies a card, shown as one GPU"),
    "mi300x": ("h200-sxm", dict(compute=0.50, compute_low=0.42, attention=0.35, weights=0.72, kv=0.65,
                                weights_low=0.60, step=1000, layer=90, moe_layer=170, sequence=20, moe=0.10, half=128),
               [(2, 12, 45), (4, 14, 110), (8, 16, 220)], ((12, 50), (19, 36)),
               "expert layers as in the SGLang runs of InferenceX; the rest assumed"),
    "mi325x": ("mi300x", {}, None, None, "as mi300x"),
    "mi355x": ("mi300x", dict(moe_layer=75, moe=0.20, layer=70), [(2, 12, 55), (4, 14, 130), (8, 16, 260)], None,
               "expert layers as in the SGLang runs of InferenceX; the rest assumed"),
    "gaudi2": ("a100-80gb-sxm", dict(compute=0.60, attention=0.35, weights=0.70, kv=0.60, layer=70, moe_layer=100),
               [(2, 20, 100), (4, 25, 120), (8, 30, 150)], ((20, 100), (30, 25)), "assumed"),
    "gaudi3": ("gaudi2", dict(compute=0.50), [(2, 20, 150), (4, 25, 200), (8, 30, 250)], None, "assumed"),
    "tpu-v5e": ("a100-80gb-sxm", dict(compute=0.60, attention=0.40, weights=0.75, kv=0.65),
                [(2, 10, 50), (4, 12, 60), (8, 15, 60)], ((10, 50), (30, 10)), "assumed"),
    "tpu-v6e": ("tpu-v5e", {}, [(2, 10, 100), (4, 12, 130), (8, 15, 130)], None, "assumed"),
}
ORDER = ["t4", "v100-sxm-16gb", "v100-sxm-32gb", "a10", "a10g", "l4", "l40s", "l40", "a40", "rtx-a6000", "rtx-4090",
         "a100-40gb-sxm", "a100-80gb-sxm", "a100-80gb-pcie", "h100-sxm", "h100-pcie", "h100-nvl", "gh200", "h200-sxm",
         "b200", "b300", "gb200", "gb300", "rtx-pro-6000", "mi250", "mi300x", "mi325x", "mi355x", "gaudi2", "gaudi3",
         "tpu-v5e", "tpu-v6e"]
# Nothing is known but the relative: the catalog copies it.
LINKS = {"pvc-max1550": "gaudi2", "sn40l": "gaudi2"}


def number(text):
    return float(text) if text else None


def vllm_release(engine):
    """0.24 for "vllm-0.24.0/vllm_graph"; None for other engines."""
    if not engine.startswith("vllm-"):
        return None
    parts = engine[5:].split("/")[0].split(".")
    return float(parts[0] + "." + parts[1].zfill(2)) if len(parts) > 1 else None


class Operations:
    """Medians over vLLM releases of the fits to single operations."""

    def __init__(self, path):
        with open(path, newline="") as file:
            self.rows = list(csv.DictReader(file))

    def pick(self, kind, gpu, column, dtype=None, low=0.05, high=1.0):
        chosen = []
        for row in self.rows:
            release = vllm_release(row["engine"])
            if row["kind"].startswith(kind) and row["gpu"] == gpu and release is not None \
                    and (dtype is None or row["dtype"] == dtype):
                value = number(row[column])
                if value is not None and low < value < high:
                    chosen.append((release, value))
        newer = [v for r, v in chosen if r >= NEWEST_VLLM]
        values = newer or [v for _, v in chosen]
        return statistics.median(values) if values else None

    def half_tokens(self, gpu, compute, weights, peak, bandwidth):
        """T_half of eta(T) = compute T/(T + T_half) next to weight streaming, on the newest profile."""
        releases = sorted({r["engine"] for r in self.rows if r["kind"] == "gemm_mfu_vs_tokens" and r["gpu"] == gpu
                           and r["dtype"] == "bfloat16" and vllm_release(r["engine"])}, key=vllm_release)
        # Large matrices only: small ones measure their launch, which is in the layer time.
        points = [(number(r["x"]), number(r["mfu_bigN"])) for r in self.rows
                  if r["kind"] == "gemm_mfu_vs_tokens" and r["gpu"] == gpu and r["engine"] == releases[-1]
                  and r["dtype"] == "bfloat16" and r["mfu_bigN"]]
        ridge = peak * 1e12 / (bandwidth * 1e9)  # tokens at which streaming and compute take as long

        def error(half):
            total = 0.0
            for tokens, measured in points:
                if 256 <= tokens <= 4096:
                    time = max((tokens + half) / compute, ridge / weights)
                    total += math.log(tokens / time / measured) ** 2
            return total
        return min(range(0, 257, 8), key=error)

    def all_reduce(self, gpu):
        entries = []
        for degree in (2, 4, 8):
            fits = [r for r in self.rows if r["kind"].startswith("allreduce_fit t") and r["gpu"] == gpu
                    and number(r["tp"]) == degree and r["engine"].endswith("vllm_graph")]
            if not fits:
                continue
            row = max(fits, key=lambda r: vllm_release(r["engine"]))
            small = (number(row["alpha_le1MB_us"]), number(row["beta_le1MB"]))
            large = (number(row["alpha_ge4MB_us"]), number(row["beta_ge4MB"]))
            if not (large[0] > small[0] and large[1] > small[1]):
                # Without a latency to pay for more bandwidth there is only one regime.
                small = large = (number(row["alpha_us"]), number(row["beta_GBps"]))
            entries.append((degree, small, large))
        return entries


def measured(operations):
    result = {}
    for profiled, (name, peak, bandwidth) in PROFILED.items():
        engine = ENGINE[name]
        compute = operations.pick("gemm_fit", profiled, "mfu", "bfloat16")
        weights = operations.pick("gemm_fit", profiled, "mbu", "bfloat16")
        result[name] = dict(
            compute=compute, weights=weights,
            compute_low=operations.pick("gemm_fit", profiled, "mfu", "fp8") or 0.60 * compute / 0.80,
            half=operations.half_tokens(profiled, compute, weights, peak, bandwidth),
            attention=operations.pick("prefill_attn_fit", profiled, "eff"),
            kv=operations.pick("decode_attn_fit", profiled, "eff", high=0.95),
            step=engine["step"], layer=engine["layer"], moe_layer=engine["moe_layer"], sequence=engine["sequence"],
            moe=engine["moe"], weights_low=engine["weights_low"],
            all_reduce=operations.all_reduce(profiled),
            hand_over=NVLINK_A if name.startswith("a100") else PCIE if name in ("l40s", "rtx-pro-6000") else NVLINK_H)
    # One node of four: a replica of eight GPUs reaches into the next tray over the same fabric.
    for name in ("gb200", "gb300"):
        degree, small, large = result[name]["all_reduce"][-1]
        if degree == 4:
            result[name]["all_reduce"].append((8, (small[0] * 1.15, small[1]), (large[0] * 1.15, large[1])))
    return result


def extrapolate(known):
    pending = dict(RELATIVES)
    while pending:
        for name, (relative, changes, links, hand_over, remark) in list(pending.items()):
            if relative not in known:
                continue
            entry = dict(known[relative])
            entry.update(changes)
            if links:
                entry["all_reduce"] = [(n, (a, b), (a, b)) for n, a, b in links]
            if hand_over:
                entry["hand_over"] = hand_over
            entry["remark"] = remark if remark.startswith("as ") else f"otherwise as {relative}: {remark}"
            entry["relative"] = relative
            known[name] = entry
            del pending[name]
    return known


def line(pair):
    return f"{{latency: {pair[0]:.3g}us, bandwidth: {pair[1]:.4g}GB}}"


def entry_text(name, e):
    extrapolated = "relative" in e
    source = "assumed" if extrapolated else ("engine-runs" if name in
                                            ("h100-sxm", "h200-sxm", "b200", "b300", "a100-80gb-sxm")
                                            else "operations")
    lines = [f"  - gpu: {name}", f"    source: {source}", f"    extrapolated: {'true' if extrapolated else 'false'}"]
    if extrapolated:
        lines.append(f"    note: '{e['remark']}'")
    for key, field, digits in (("compute", "compute", 3), ("compute_low_precision", "compute_low", 3),
                               ("compute_half_tokens", "half", 4), ("moe_compute", "moe", 3),
                               ("attention", "attention", 3), ("weights", "weights", 3),
                               ("weights_low_precision", "weights_low", 3), ("kv_cache", "kv", 3)):
        lines.append(f"    {key}: {e[field]:.{digits}g}")
    for key, field in (("step", "step"), ("layer", "layer"), ("moe_layer", "moe_layer"), ("sequence", "sequence")):
        lines.append(f"    {key}: {e[field]:g}us")
    if e["all_reduce"]:
        lines.append("    all_reduce:")
        for degree, small, large in e["all_reduce"]:
            lines.append(f"      - {{gpus: {degree}, small: {line(small)}, large: {line(large)}}}")
    lines.append(f"    hand_over_in_node: {line(e['hand_over'][0])}")
    lines.append(f"    hand_over_between_nodes: {line(e['hand_over'][1])}")
    return "\n".join(lines)


HEADER = """\
# What engines achieve of each GPU's data sheet, and what each step costs besides. docs/model.md explains every key.
# Written by scripts/derive_efficiency.py; change that, not this.
format: berth.catalog/1
sources:
  engine-runs: {text: 'operation profiles and vLLM 0.12-0.19 runs in NVIDIA aiconfigurator (Apache-2.0), InferenceX (Apache-2.0), LLM-Inference-Bench (BSD-3) and vidur (MIT); fitted with the formulas of docs/model.md', date: 2026-11-23, verified: true}
  operations: {text: 'operation profiles in NVIDIA aiconfigurator (Apache-2.0); fixed times of a GPU of the same generation', date: 2026-11-23, verified: true}
  assumed: {text: 'not measured: taken from a related GPU', date: 2026-11-23, verified: false}
efficiencies:"""


def main():
    known = extrapolate(measured(Operations(os.path.join(PERF, "op_summary.csv"))))
    print(HEADER)
    for name in ORDER:
        print(entry_text(name, known[name]))
    for name, relative in LINKS.items():
        print(f"  - {{gpu: {name}, like: {relative}, source: assumed, note: as {relative}}}")


if __name__ == "__main__":
    main()
