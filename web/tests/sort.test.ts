import { expect, test } from "vitest";
import { matches, sortRows, tabSeparated } from "../src/lib/sort.ts";

test("numbers inside names sort as numbers", () => {
  expect(sortRows(["class-10", "class-9", "class-1"], (r) => r, "ascending")).toEqual([
    "class-1",
    "class-9",
    "class-10",
  ]);
});

test("what is missing comes last in both directions", () => {
  expect(sortRows([null, 2, 1], (r) => r, "ascending")).toEqual([1, 2, null]);
  expect(sortRows([null, 1, 2], (r) => r, "descending")).toEqual([2, 1, null]);
});

test("a filter wants every word, in any column", () => {
  expect(matches(["llama-3.1-8b", "l40s"], "L40S llama")).toBe(true);
  expect(matches(["llama-3.1-8b", "l40s"], "llama h100")).toBe(false);
});

test("copied cells cannot break their row", () => {
  expect(tabSeparated(["a", "b"], [["x\ty", "1\n2"]])).toBe("a\tb\nx y\t1 2");
});
