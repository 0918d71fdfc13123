import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectAccessible } from "./axe.ts";
import { Berth, fleet } from "./berth.ts";
import { inTab, seen, Tab } from "./browser.ts";

let berth: Berth;
/** Every kind of address, and the heading it has. */
const views: [string, RegExp][] = [
  ["#/plans/1", /^demo$/],
  ["#/edit?from=1", /^Fleet$/],
  ["#/jobs", /^Jobs$/],
  ["#/jobs/2?base=1", /^demo$/],
  ["#/plans/1/what-if?kind=simulate", /^demo$/],
  ["#/plans/1/what-if?kind=stress", /^demo$/],
  ["#/plans/1/what-if?kind=replay", /^demo$/],
  ["#/studies/1", /^Simulation 1$/],
  ["#/studies/2", /^Stress test 2$/],
  ["#/studies/3", /^Replay 3$/],
  ["#/studies/4", /^Explanation 4$/],
  ["#/plans?pick=1", /^Plans over time$/],
  ["#/plans/1/diff/2", /^Plan 1 to plan 2$/],
  ["#/nowhere", /^There is no such page$/],
  ["#/plans/99", /^Plan 99$/],
];
const missing = (hash: string) => hash === "#/plans/99";

beforeAll(async () => {
  berth = await Berth.start();
  const demo = fleet("demo");
  await berth.plan(demo, "title=demo");
  await berth.plan(demo.replace("headroom: 0.1", "headroom: 1.4"), "title=demo&method=agh");
  await berth.study(1, "simulate", { duration: 60 });
  await berth.study(1, "stress", { scenarios: 20, methods: ["gh"], headrooms: [0, 1] });
  await berth.study(1, "replay", { windows: 12, window: 7200, policies: ["static", "gh"] });
  await berth.study(1, "explain", {});
  await berth.activate(1);
});
afterAll(() => berth.end());

/** Pixels by which the page is wider than a phone. */
const beyond = (tab: Tab) =>
  tab.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe("in one tab", () => {
  let tab: Tab;
  beforeAll(async () => {
    tab = await Tab.open(berth);
  });
  afterAll(() => tab.close());

  test.each(views)("%s: there after a reload, accessible in both themes, fit for a phone", async (hash, heading) => {
    const { page } = tab;
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(`${berth.url}/${hash}`);
    await page.reload();
    await tab.settled();
    await seen(tab.heading(heading));
    if (hash.startsWith("#/edit")) await seen(page.getByText("Valid: "));
    await expectAccessible(tab);
    await page.setViewportSize({ width: 390, height: 844 });
    await expect.poll(() => beyond(tab)).toBeLessThanOrEqual(0);
    if (missing(hash)) tab.expectComplaint(/status of 404/);
  });
});

test("a browser without a pointer comes everywhere", () =>
  inTab(berth, {}, async (tab) => {
    const { page } = tab;
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");
    await tab.go("#/");
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Skip to the content");
    await seen(page.locator(".skip:focus"));
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
    await page.keyboard.press("Tab");
    expect(await focused()).toMatch(/Edit fleet/);
    await page.keyboard.press("Enter");
    await seen(tab.heading("Fleet"));
    // After a change of view the focus is at its content.
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
    await seen(page.getByText("Valid: "));
    // From the heading to Solve, through every control; Tab leaves the YAML as well.
    const solve = page.getByRole("button", { name: "Solve" });
    await page.getByLabel("Fleet, YAML").focus();
    for (let i = 0; i < 12 && !(await solve.evaluate((b) => b === document.activeElement)); i++)
      await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    const open = page.getByRole("link", { name: /^Open plan/ });
    await seen(open);
    await open.focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/#\/plans\/3$/);
    await seen(tab.heading("demo"));
    // A menu opens and closes, and gives the focus back.
    const exports = page.locator("summary", { hasText: "Export" });
    await exports.focus();
    await page.keyboard.press("Enter");
    await seen(page.getByRole("link", { name: "Plan, JSON" }));
    await page.keyboard.press("Escape");
    expect(await exports.evaluate((s) => s === document.activeElement)).toBe(true);
    // Tables scroll and sort by keys.
    const sort = tab.panel("Routes").getByRole("columnheader", { name: "Share" }).getByRole("button");
    await sort.focus();
    await page.keyboard.press("Space");
    await seen(tab.panel("Routes").locator("th[aria-sort=descending]"));
  }));

test("colours follow the system or the reader, who is remembered", () =>
  inTab(berth, { theme: "dark" }, async (tab) => {
    const { page } = tab;
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await tab.go("#/");
    const dark = await ground();
    await page.getByRole("button", { name: /^Colours: as the system/ }).click();
    await expect.poll(ground).not.toBe(dark);
    const light = await ground();
    await page.reload();
    await tab.settled();
    expect(await ground()).toBe(light);
    await page.getByRole("button", { name: /^Colours: light/ }).click();
    await expect.poll(ground).toBe(dark);
  }));
