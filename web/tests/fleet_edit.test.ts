import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import {
  addClass,
  durationText,
  EditError,
  removeClass,
  setClasses,
  setOffer,
  setValues,
} from "../src/lib/fleet_edit.ts";
import type { CheckedFleet } from "../src/types.ts";

const FLEET = `# two services
format: berth.fleet/1
workload: azure-2023
pools:
  - name: hall-1/h100
    gpu: h100-sxm
    offers:
      - {name: owned, lot: 8, cost: 16.0, max: 4}   # ours
classes:
  - name: code      # answers that a programmer waits for
    rate: 360/m
    slo: {ttft: 1500ms, tpot: 60ms}

  # the other one
  - {name: conv, slo: {ttft: 2s}}
policy: {headroom: 0.1}
`;

const CHECKED = {
  pools: [
    { name: "hall-1/h100", gpu: "h100-sxm", offers: [{ name: "owned", lot: 8, cost: 16, max: 4 }] },
    {
      name: "l40s-x1",
      gpu: "l40s",
      offers: [
        { name: "od", lot: 1, cost: 1.861, max: null },
        { name: "spot", lot: 1, cost: 1, max: 3 },
      ],
    },
  ],
} as CheckedFleet;

describe("a value that is there", () => {
  test("is replaced and nothing else changes", () => {
    expect(setClasses(FLEET, [{ name: "code", path: ["rate"], value: 9 }])).toBe(FLEET.replace("360/m", "9"));
    expect(setClasses(FLEET, [{ name: "code", path: ["slo", "tpot"], value: "80ms" }])).toBe(
      FLEET.replace("60ms", "80ms"),
    );
  });
  test("of an offer keeps its comment", () => {
    expect(setOffer(FLEET, CHECKED, "hall-1/h100", "owned", "max", 6)).toBe(FLEET.replace("max: 4", "max: 6"));
  });
});

describe("a value that is missing", () => {
  test("joins its neighbours between braces", () => {
    expect(setClasses(FLEET, [{ name: "conv", path: ["rate"], value: 3 }])).toBe(
      FLEET.replace("{ttft: 2s}}", "{ttft: 2s}, rate: 3}"),
    );
    expect(setClasses(FLEET, [{ name: "conv", path: ["slo", "tpot"], value: "80ms" }])).toBe(
      FLEET.replace("{ttft: 2s}", "{ttft: 2s, tpot: 80ms}"),
    );
  });
  test("joins a block at its indentation, with what it stands in", () => {
    expect(setClasses(FLEET, [{ name: "code", path: ["quality", "min"], value: 0.8 }])).toBe(
      FLEET.replace("tpot: 60ms}\n", "tpot: 60ms}\n    quality: {min: 0.8}\n"),
    );
  });
  test("joins the end of the file", () => {
    expect(setValues(FLEET, [{ path: ["budget"], value: 50 }])).toBe(`${FLEET.trimEnd()}\nbudget: 50\n`);
    expect(parse(setValues("format: berth.fleet/1", [{ path: ["budget"], value: 50 }]))).toEqual({
      format: "berth.fleet/1",
      budget: 50,
    });
  });
  test("fills a key without a value", () => {
    expect(setValues("policy:\nbudget: 1\n", [{ path: ["policy", "headroom"], value: 0.2 }])).toBe(
      "policy: {headroom: 0.2}\nbudget: 1\n",
    );
  });
});

describe("classes", () => {
  test("that only the workload has get an entry", () => {
    const text = setClasses(FLEET, [{ name: "batch", path: ["slo", "ttft"], value: "9s" }]);
    expect(text).toContain("  - {name: conv, slo: {ttft: 2s}}\n  - {name: batch, slo: {ttft: 9s}}\npolicy");
  });
  test("get a list where there is none", () => {
    const text = setClasses("workload: azure-2023\n", [
      { name: "a", path: ["rate"], value: 1 },
      { name: "b", path: ["rate"], value: 2 },
    ]);
    expect(parse(text)).toEqual({
      workload: "azure-2023",
      classes: [
        { name: "a", rate: 1 },
        { name: "b", rate: 2 },
      ],
    });
  });
  test("all change at once", () => {
    const text = setClasses(
      FLEET,
      ["code", "conv", "new"].map((name, i) => ({ name, path: ["rate"], value: i + 1 })),
    );
    expect(parse(text).classes.map((c: { rate: number }) => c.rate)).toEqual([1, 2, 3]);
  });
  test("are added and removed with their lines", () => {
    expect(removeClass(addClass(FLEET, { name: "x", rate: 1 }), "x")).toBe(FLEET);
    expect(parse(removeClass(FLEET, "code")).classes).toEqual([{ name: "conv", slo: { ttft: "2s" } }]);
    expect(parse(removeClass("classes: [{name: a}, {name: b}, {name: c}]", "c")).classes).toHaveLength(2);
    expect(parse(removeClass("classes: [{name: a}, {name: b}, {name: c}]", "a")).classes).toHaveLength(2);
  });
});

test("a pool of the region is written out whole", () => {
  const pools = parse(setOffer(FLEET, CHECKED, "l40s-x1", "spot", "cost", 0.9)).pools;
  expect(pools[1]).toEqual({
    name: "l40s-x1",
    gpu: "l40s",
    offers: [
      { name: "od", lot: 1, cost: 1.861 },
      { name: "spot", lot: 1, cost: 0.9, max: 3 },
    ],
  });
});

test("naming a pool of the default region keeps the others", () => {
  const fleet = parse(setOffer("format: berth.fleet/1\n", CHECKED, "l40s-x1", "od", "max", 2));
  expect(fleet.region).toEqual({ cloud: "aws", name: "us-east-1" });
  expect(fleet.pools).toHaveLength(1);
});

test("JSON stays JSON", () => {
  const text = '{"format": "berth.fleet/1", "classes": [{"name": "a", "slo": {"ttft": 2}}]}';
  const changed = setClasses(text, [{ name: "a", path: ["slo", "tpot"], value: "80ms" }]);
  expect(JSON.parse(changed).classes[0].slo).toEqual({ ttft: 2, tpot: "80ms" });
});

test("what cannot be understood or is written by reference is left alone", () => {
  expect(() => setValues("a: [", [{ path: ["b"], value: 1 }])).toThrow(EditError);
  expect(() => setValues("x: &s {ttft: 1}\nslo: *s\n", [{ path: ["slo", "ttft"], value: 2 }])).toThrow(EditError);
});

test("times are written with a unit", () => {
  expect(durationText(0.08)).toBe("80ms");
  expect(durationText(1.5)).toBe("1.5s");
});
