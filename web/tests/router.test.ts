import { expect, test } from "vitest";
import { parseRoute, to } from "../src/router.ts";

test("every link leads to the view it was made for", () => {
  expect(parseRoute(to.home)).toEqual({ view: "home" });
  expect(parseRoute(to.plan(12))).toEqual({ view: "plan", id: 12 });
  expect(parseRoute(to.diff(12, 11))).toEqual({ view: "diff", from: 12, to: 11 });
  expect(parseRoute(to.job(7, 12))).toEqual({ view: "job", id: 7, base: 12 });
  expect(parseRoute(to.study(3))).toEqual({ view: "study", id: 3 });
  expect(parseRoute(to.edit(12))).toEqual({ view: "edit", from: 12, example: null });
  expect(parseRoute(to.example("multi-model"))).toEqual({ view: "edit", from: null, example: "multi-model" });
  expect(parseRoute(to.whatIf(12, "stress"))).toEqual({ view: "whatif", id: 12, tab: "stress" });
  expect(parseRoute(to.whatIf(null))).toEqual({ view: "whatif", id: null, tab: "simulate" });
  expect(parseRoute(to.picked([4, 9]))).toEqual({ view: "history", picked: [4, 9] });
});

test("what is no address leads nowhere", () => {
  for (const path of ["#/plans/x", "#/plans/0", "#/plans/1/diff", "#/plans/1/nothing", "#/jobs/-1", "#/nothing"]) {
    expect(parseRoute(path).view).toBe("missing");
  }
});

test("a kind of study that there is not is the first", () => {
  expect(parseRoute("#/plans/3/what-if?kind=magic")).toEqual({ view: "whatif", id: 3, tab: "simulate" });
});
