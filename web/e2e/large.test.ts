import { afterAll, beforeAll, expect, test } from "vitest";
import { Berth, generated } from "./berth.ts";
import { inTab, seen, type Tab } from "./browser.ts";

const CLASSES = 1000;
/** Longest time that nothing may move; a busy machine is no reason to fail. */
const LONGEST = 5000;

let berth: Berth;
let plan = 0;
beforeAll(async () => {
  berth = await Berth.start();
  plan = (await berth.plan(await generated(CLASSES), "method=gh&title=large")).id;
});
afterAll(() => berth.end());

/** Watches for tasks that hold up the page; gives the longest in milliseconds. */
async function watchTasks(tab: Tab): Promise<() => Promise<number>> {
  await tab.page.evaluate(() => {
    const at = globalThis as unknown as { longest: number };
    at.longest = 0;
    new PerformanceObserver((list) => {
      for (const task of list.getEntries()) at.longest = Math.max(at.longest, task.duration);
    }).observe({ type: "longtask" });
  });
  return () => tab.page.evaluate(() => (globalThis as unknown as { longest: number }).longest);
}

test("tables of a thousand classes scroll and filter", () =>
  inTab(berth, {}, async (tab) => {
    const { page } = tab;
    await tab.go(`#/plans/${plan}`);
    await seen(tab.heading("large"));
    const longest = await watchTasks(tab);
    const levels = tab.panel("Service levels");
    const table = levels.getByRole("group", { name: "Classes" });
    await table.scrollIntoViewIfNeeded();
    expect(Number(await table.getByRole("table").getAttribute("aria-rowcount"))).toBe(CLASSES + 1);
    expect(await table.getByRole("row").count()).toBeLessThan(80);
    const first = await table.getByRole("rowheader").first().innerText();
    await table.evaluate((box) => (box.scrollTop = box.scrollHeight));
    await expect.poll(() => table.locator(`tr[aria-rowindex="${CLASSES + 1}"]`).count()).toBe(1);
    expect(await table.getByRole("rowheader").first().innerText()).not.toBe(first);
    await levels.getByRole("searchbox").fill("class-77");
    await seen(levels.getByText(`11 of ${CLASSES.toLocaleString("en-US")} classes`));
    await seen(table.getByRole("rowheader", { name: "class-777", exact: true }));
    const routes = tab.panel("Routes");
    await routes.getByRole("searchbox").fill("class-500");
    await seen(routes.getByRole("rowheader", { name: "class-500", exact: true }).first());
    const share = routes.getByRole("columnheader", { name: "Class" });
    await routes.getByRole("searchbox").fill("");
    await share.getByRole("button").click();
    expect(await longest()).toBeLessThan(LONGEST);
    console.log(`longest task of the plan's page: ${Math.round(await longest())} ms`);
    expect(await page.locator("*").count()).toBeLessThan(12_000);
  }));

test("the editor of a thousand classes answers", () =>
  inTab(berth, {}, async (tab) => {
    const { page } = tab;
    await tab.go(`#/edit?from=${plan}`);
    await seen(page.getByText("Valid: 1,000 classes"));
    const longest = await watchTasks(tab);
    await page.getByLabel("Filter classes").fill("class-999");
    const rate = page.getByRole("textbox", { name: "Rate of class-999", exact: true });
    await rate.fill("1.25");
    await page.keyboard.press("Enter");
    const yaml = page.getByLabel("Fleet, YAML");
    await expect.poll(() => yaml.inputValue()).toMatch(/class-999\b[^\n]*rate: 1.25|class-999\n\s+rate: 1.25/);
    await seen(page.getByText("Valid: 1,000 classes"));
    await yaml.evaluate((area: HTMLTextAreaElement) => {
      area.setSelectionRange(area.value.length, area.value.length);
      area.scrollTop = area.scrollHeight;
    });
    await yaml.press("End");
    await yaml.pressSequentially("# the end", { delay: 10 });
    await seen(page.locator(".code-paint", { hasText: "# the end" }));
    console.log(`longest task of the editor: ${Math.round(await longest())} ms`);
    expect(await longest()).toBeLessThan(LONGEST);
  }));
