#!/usr/bin/env python3
"""Writes data/catalog/links.yaml: collectives and hand-over of each GPU (docs/model.md, "Links").

All-reduce lines are the fits of ../shared/data/perf/op_summary.csv to operation profiles; hand-over is
vidur's. GPUs that nobody profiled take the links of a relative, or assumed ones, and say so.

Usage: scripts/derive_links.py [SHARED_PERF_DIRECTORY] > data/catalog/links.yaml
"""

import csv
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PERF = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "..", "shared", "data", "perf")

# Names in op_summary.csv -> ours.
PROFILED = {
    "A100-80G-SXM": "a100-80gb-sxm",
    "H100-SXM": "h100-sxm",
    "H200-SXM": "h200-sxm",
    "L40S": "l40s",
    "B200": "b200",
    "B300": "b300",
    "GB200": "gb200",
    "GB300": "gb300",
    "RTX-PRO-6000-BW-Server": "rtx-pro-6000",
}

NVLINK_H = ((7.6, 361), (19, 36))      # hand-over: in node, between nodes (us, GB/s)
NVLINK_A = ((14, 306), (28, 7.8))
PCIE = ((12, 20), (28, 7.8))
SLOW_PCIE = ((15, 10), (40, 3))

# name: (relative, all-reduce as (gpus, us, GB/s), hand-over, remark); None = as the relative
RELATIVES = {
    "t4": ("a100-80gb-sxm", [(2, 15, 8), (4, 25, 4), (8, 40, 2)], SLOW_PCIE, "assumed: PCIe 3"),
    "v100-sxm-16gb": ("a100-80gb-sxm", [(2, 10, 60), (4, 12, 60), (8, 15, 60)], ((14, 120), (40, 3)), "assumed: NVLink2"),
    "v100-sxm-32gb": ("v100-sxm-16gb", None, None, "as v100-sxm-16gb"),
    "a10": ("a100-80gb-sxm", [(2, 10, 16), (4, 15, 6), (8, 22, 3)], PCIE, "assumed"),
    "a10g": ("a10", None, None, "as a10"),
    "l4": ("l40s", None, None, "as l40s"),
    "l40": ("l40s", None, None, "as l40s"),
    "a40": ("a100-80gb-sxm", [(2, 10, 40)], ((1.4, 4.1), (66.6, 2.7)), "hand-over measured (vidur profiles)"),
    "rtx-a6000": ("a40", None, None, "as a40"),
    "rtx-4090": ("l40s", [(2, 15, 10), (4, 25, 5), (8, 40, 2.5)], SLOW_PCIE, "no peer-to-peer: messages go through host memory"),
    "a100-40gb-sxm": ("a100-80gb-sxm", None, None, "as a100-80gb-sxm"),
    "a100-80gb-pcie": ("a100-80gb-sxm", None, ((7.6, 300), (28, 7.8)), "NVLink bridge between two"),
    "h100-pcie": ("h100-sxm", [(2, 5, 180)], ((8, 250), (19, 36)), "NVLink bridge between two"),
    "h100-nvl": ("h100-sxm", [(2, 5, 200)], ((8, 280), (19, 36)), "NVLink bridge between two"),
    "gh200": ("h100-sxm", None, None, "as h100-sxm"),
    "mi250": ("mi300x", [(2, 15, 60), (4, 20, 60), (8, 30, 60)], None, "two dies a card, shown as one GPU"),
    "mi300x": ("h200-sxm", [(2, 12, 45), (4, 14, 110), (8, 16, 220)], ((12, 50), (19, 36)), "assumed"),
    "mi325x": ("mi300x", None, None, "as mi300x"),
    "mi355x": ("mi300x", [(2, 12, 55), (4, 14, 130), (8, 16, 260)], None, "assumed"),
    "gaudi2": ("a100-80gb-sxm", [(2, 20, 100), (4, 25, 120), (8, 30, 150)], ((20, 100), (30, 25)), "assumed"),
    "gaudi3": ("gaudi2", [(2, 20, 150), (4, 25, 200), (8, 30, 250)], None, "assumed"),
    "pvc-max1550": ("gaudi2", None, None, "as gaudi2"),
    "sn40l": ("gaudi2", None, None, "as gaudi2"),
    "tpu-v5e": ("a100-80gb-sxm", [(2, 10, 50), (4, 12, 60), (8, 15, 60)], ((10, 50), (30, 10)), "assumed"),
    "tpu-v6e": ("tpu-v5e", [(2, 10, 100), (4, 12, 130), (8, 15, 130)], None, "assumed"),
}
ORDER = ["t4", "v100-sxm-16gb", "v100-sxm-32gb", "a10", "a10g", "l4", "l40s", "l40", "a40", "rtx-a6000", "rtx-4090",
         "a100-40gb-sxm", "a100-80gb-sxm", "a100-80gb-pcie", "h100-sxm", "h100-pcie", "h100-nvl", "gh200", "h200-sxm",
         "b200", "b300", "gb200", "gb300", "rtx-pro-6000", "mi250", "mi300x", "mi325x", "mi355x", "gaudi2", "gaudi3",
         "tpu-v5e", "tpu-v6e", "pvc-max1550", "sn40l"]


def number(text):
    return float(text) if text else None


def vllm_release(engine):
    """0.24 for "vllm-0.24.0/vllm_graph"; None for other engines."""
    if not engine.startswith("vllm-"):
        return None
    parts = engine[5:].split("/")[0].split(".")
    return float(parts[0] + "." + parts[1].zfill(2)) if len(parts) > 1 else None


class Operations:
    """Fits to single operations."""

    def __init__(self, path):
        with open(path, newline="") as file:
            self.rows = list(csv.DictReader(file))

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
    for profiled, name in PROFILED.items():
        result[name] = dict(
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
        for name, (relative, links, hand_over, remark) in list(pending.items()):
            if relative not in known:
                continue
            entry = dict(known[relative])
            if links:
                entry["all_reduce"] = [(n, (a, b), (a, b)) for n, a, b in links]
            if hand_over:
                entry["hand_over"] = hand_over
            entry["remark"] = remark
            entry["relative"] = relative
            known[name] = entry
            del pending[name]
    return known


def line(pair):
    return f"{{latency: {pair[0]:.3g}us, bandwidth: {pair[1]:.4g}GB}}"


def entry_text(name, e):
    assumed = "relative" in e
    lines = [f"  - gpu: {name}", f"    source: {'assumed' if assumed else 'operations'}"]
    if assumed:
        lines[-1] += f"  # {e['remark']}"
    if e["all_reduce"]:
        lines.append("    all_reduce:")
        for degree, small, large in e["all_reduce"]:
            lines.append(f"      - {{gpus: {degree}, small: {line(small)}, large: {line(large)}}}")
    lines.append(f"    hand_over_in_node: {line(e['hand_over'][0])}")
    lines.append(f"    hand_over_between_nodes: {line(e['hand_over'][1])}")
    return "\n".join(lines)


HEADER = """\
# Links between the GPUs of a replica: all-reduce in two regimes of message size, hand-over between stages.
# Written by scripts/derive_links.py; change that, not this. docs/model.md explains every key.
format: berth.catalog/1
sources:
  operations: {text: 'operation profiles in NVIDIA aiconfigurator (Apache-2.0), vLLM graph mode; hand-over: vidur (MIT)', date: 2026-11-23, verified: true}
  assumed: {text: 'not measured: taken from a related GPU', date: 2026-11-23, verified: false}
efficiencies:"""


def main():
    known = extrapolate(measured(Operations(os.path.join(PERF, "op_summary.csv"))))
    print(HEADER)
    for name in ORDER:
        print(entry_text(name, known[name]))


if __name__ == "__main__":
    main()
