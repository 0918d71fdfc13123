import { expect, test } from "vitest";
import { askedOf, sentOf } from "../src/lib/asked.ts";

test("a kept request becomes the texts that ask for the same", () => {
  const request = { method: "agh", seed: 7, gap: 0.01, survive: 1.2, time_limit: 60, hold: 5400, hysteresis: 0.05 };
  expect(askedOf({ ...request, max_changes: 0, current: 3, title: "x" })).toEqual({
    method: "agh",
    seed: "7",
    gap: "0.01",
    survive: "1.2",
    time_limit: "60s",
    hold: "90m",
    hysteresis: "0.05",
    max_changes: "0",
  });
  expect(askedOf({ hold: 7200, time_limit: 2.5 })).toEqual({ hold: "2h", time_limit: "2.5s" });
});

test("what nobody asked for stays empty", () => {
  expect(askedOf({ method: "auto", seed: 1 })).toEqual({});
  expect(askedOf({ robust: null, gap: {} })).toEqual({});
});

test("empty texts are not sent, nor what needs a plan that runs", () => {
  const asked = { method: "", gap: " 1% ", survive: "  ", hold: "1h", max_changes: "2" };
  expect(sentOf(asked, false)).toEqual({ gap: "1%" });
  expect(sentOf(asked, true)).toEqual({ gap: "1%", hold: "1h", max_changes: "2" });
});
