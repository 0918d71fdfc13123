import { expect, test } from "vitest";
import { planFlow } from "../src/lib/flow.ts";
import { frontier, histogram } from "../src/lib/histogram.ts";
import { highlight } from "../src/lib/highlight.ts";
import { requestOf } from "../src/lib/requests.ts";
import { fromSlider, toSlider } from "../src/lib/scale.ts";
import type { Plan } from "../src/types.ts";

function planOf(classes: number): Plan {
  const each = Array.from({ length: classes }, (_, i) => i);
  return {
    classes: each.map((i) => ({ name: `c${i}`, rate: i + 1, unmet: i === 0 ? 0.5 : 0 })),
    deployments: [
      { name: "d0", pool: "p" },
      { name: "d1", pool: "q" },
    ],
    routes: each.map((i) => ({ class: `c${i}`, deployment: `d${i % 2}`, share: i === 0 ? 0.5 : 1 })),
    offers: [
      { pool: "p", cost: 1 },
      { pool: "q", cost: 2 },
    ],
  } as unknown as Plan;
}

test("a thousand classes are drawn as the largest and the others, and no request gets lost", () => {
  const flow = planFlow(planOf(1000), { class: 10, deployment: 10, pool: 10 });
  const drawn = flow.nodes.filter((n) => n.column === "class");
  expect(drawn).toHaveLength(10);
  expect(drawn.find((n) => n.id === "class/others")?.label).toBe("991 others");
  expect(drawn.reduce((sum, n) => sum + n.rate, 0)).toBe(500500);
  const from = flow.links.filter((l) => l.source.startsWith("class")).reduce((sum, l) => sum + l.value, 0);
  expect(from).toBeCloseTo(500500, 6);
});

test("what is refused flows to a node of its own", () => {
  const flow = planFlow(planOf(2));
  expect(flow.nodes.find((n) => n.id === "deployment:refused")?.rate).toBe(0.5);
});

test("a histogram counts every value once, also where all are alike", () => {
  expect(histogram([1, 2, 2, 3, 10]).reduce((sum, b) => sum + b.count, 0)).toBe(5);
  expect(histogram([7, 7, 7])).toEqual([{ from: 7, to: 7, count: 3 }]);
});

test("the frontier keeps what nothing beats in both", () => {
  const of = (expected_cost: number, violation_rate: number) => ({ expected_cost, violation_rate });
  expect(frontier([of(3, 0.1), of(1, 0.5), of(2, 0.6), of(4, 0.1)])).toEqual([of(1, 0.5), of(3, 0.1)]);
});

test("a study's request leaves out what is the default", () => {
  const fields = [
    { key: "demand", label: "", fallback: "0.8, 1.5", kind: "pair" },
    { key: "headrooms", label: "", fallback: "", kind: "list" },
    { key: "seed", label: "", fallback: "1", kind: "number" },
    { key: "shape", label: "", fallback: "uniform", kind: ["uniform", "heavy"] },
  ] as const;
  expect(requestOf(fields, { demand: "0.8, 1.5", headrooms: "0, 0.3", seed: "2", shape: "heavy" })).toEqual({
    headrooms: [0, 0.3],
    seed: 2,
    shape: "heavy",
  });
});

test("a slider comes back to where it was put", () => {
  const scale = { kind: "log", from: 0.1, to: 10 } as const;
  expect(toSlider(scale, 1)).toBe(100);
  expect(fromSlider(scale, 100)).toBe(1);
  // A key press that rounds back to where it began would leave a keyboard stuck.
  for (let at = 0; at <= 200; at++) expect(toSlider(scale, fromSlider(scale, at))).toBe(at);
});

test("colouring loses no character", () => {
  for (const line of [
    "  - {name: chat, rate: 2.5, \"a b\": 'x#y'} # why",
    "slo: {ttft: 1500ms}#no",
    "\tx: -1e3 50 ms",
    "",
  ]) {
    expect(
      highlight(line)
        .map((t) => t.text)
        .join(""),
    ).toBe(line);
  }
  expect(highlight("rate: 2 # two").map((t) => t.kind)).toEqual(["key", "", "number", "", "comment"]);
});
