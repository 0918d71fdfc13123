import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible } from "./axe.ts";
import { Berth, fleet } from "./berth.ts";
import { inTab, seen, type Page } from "./browser.ts";

let berth: Berth;
beforeAll(async () => {
  berth = await Berth.start();
});
afterAll(() => berth.end());

const MOST_BYTES = 120_000;

/** Bytes that came over the wire for the page itself: what the service says is not part of it. */
async function countBytes(page: Page): Promise<() => number> {
  const session = await page.context().newCDPSession(page);
  const ours = new Set<string>();
  let bytes = 0;
  session.on("Network.responseReceived", (e) => {
    if (!/\/v1\//.test(e.response.url) && !e.response.url.startsWith("data:")) ours.add(e.requestId);
  });
  session.on("Network.loadingFinished", (e) => {
    if (ours.has(e.requestId)) bytes += e.encodedDataLength;
  });
  await session.send("Network.enable");
  return () => bytes;
}

test("the first load is light and paints at once", () =>
  inTab(berth, {}, async (tab) => {
    const { page } = tab;
    const bytes = await countBytes(page);
    await page.goto(berth.url);
    await tab.settled();
    await page.waitForLoadState("networkidle");
    const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? -1);
    console.log(`first paint after ${Math.round(paint)} ms, ${bytes()} bytes with gzip`);
    expect(paint).toBeGreaterThan(0);
    expect(paint).toBeLessThan(5000);
    expect(bytes()).toBeGreaterThan(10_000);
    expect(bytes()).toBeLessThan(MOST_BYTES);
  }));

test("from an example to its plan", () =>
  inTab(berth, {}, async (tab) => {
    const { page } = tab;
    await tab.go("");
    await seen(tab.heading("No plan yet"));
    await expectAccessible(tab);
    await page.getByRole("link", { name: /^demo/ }).click();
    await seen(tab.heading("Fleet"));
    await seen(page.getByText("Valid: 2 classes"));
    await page.getByLabel("Title").fill("first");
    await page.getByRole("button", { name: "Solve" }).click();
    await page.getByRole("link", { name: "Open plan 1" }).click();
    await seen(tab.heading("first"));
    await seen(page.getByText("2 of 2"));
    await expect.poll(() => tab.panel("Where requests go").locator("svg .band").count()).toBeGreaterThan(1);
    expect(await page.title()).toBe("Plan 1 · Berth");
    const plan = await berth.get<{ cost: number }>("/v1/plans/1");
    await seen(page.getByText(`$${plan.cost.toFixed(2)}`, { exact: true }));
    // The front page is that plan from now on.
    await page.getByRole("link", { name: "Berth, to the plan" }).click();
    await seen(tab.heading("first"));
  }));

test("a plan without a title is known by its fleet", async () => {
  const made = await berth.plan(fleet("minimal"), "method=gh");
  await inTab(berth, {}, async (tab) => {
    await tab.go(`#/plans/${made.id}`);
    await seen(tab.page.locator(".eyebrow", { hasText: `Plan ${made.id}` }));
    expect(await tab.page.locator("h1").innerText()).not.toBe("");
  });
});
