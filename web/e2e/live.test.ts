import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectAccessible } from "./axe.ts";
import { Berth, fleet, generated } from "./berth.ts";
import { gone, inTab, seen, type Tab } from "./browser.ts";

let berth: Berth;
let large = "";
beforeAll(async () => {
  [berth, large] = await Promise.all([Berth.start(), generated(60)]);
});
afterAll(() => berth.end());

const slow = () => berth.planLater(large, "method=milp&time_limit=60s&title=slow");
const running = (tab: Tab) => seen(tab.page.locator(".figure", { hasText: "Proven gap" }).getByText("running"));
const drawn = (tab: Tab) => seen(tab.panel("Convergence").locator(".uplot canvas"));

test("a slow solve is watched, then cancelled", () =>
  inTab(berth, {}, async (tab) => {
    const { page } = tab;
    await tab.go("#/edit?example=demo");
    await page.getByLabel("Fleet, YAML").fill(large);
    await seen(page.getByText("Valid: 60 classes"));
    await page.getByLabel("Method").selectOption("milp");
    await page.getByLabel("Time limit").selectOption("60s");
    await page.getByRole("button", { name: "Solve" }).click();
    await running(tab);
    await drawn(tab);
    const time = page.locator(".figure", { hasText: "Time" }).locator(".big");
    const before = await time.innerText();
    await expect.poll(() => time.innerText(), { message: "the clock goes on" }).not.toBe(before);
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await seen(page.getByText("cancelled, nothing was kept"));
    expect((await berth.get<{ plans: unknown[] }>("/v1/plans")).plans).toEqual([]);
    await page.getByRole("link", { name: /^Job \d+$/ }).click();
    await seen(page.getByText("cancelled, nothing was kept"));
  }));

test("a slow solve ends with the best plan so far", async () => {
  const job = await slow();
  await inTab(berth, {}, async (tab) => {
    const { page } = tab;
    await tab.go("#/jobs");
    const row = page.getByRole("row", { name: `Job ${job.id}` });
    await seen(row.getByText("running"));
    await row.getByRole("link", { name: `Job ${job.id}` }).click();
    await seen(tab.heading("slow"));
    const keep = page.getByRole("button", { name: "Stop and keep the best so far" });
    await expect.poll(() => keep.isEnabled(), { timeout: 15_000 }).toBe(true);
    await drawn(tab);
    await expectAccessible(tab);
    const known = async () => (await berth.get<{ trajectory: unknown[] }>(`/v1/jobs/${job.id}`)).trajectory.length;
    await expect.poll(known, { timeout: 15_000 }).toBeGreaterThan(1);
    await page.reload();
    await drawn(tab);
    await tab.panel("Convergence").getByText("As a table").click();
    const rows = tab.panel("Convergence").getByRole("row");
    await expect.poll(() => rows.count(), { message: "header, what was known, now" }).toBeGreaterThan(3);
    await keep.click();
    await page.getByRole("link", { name: /^Open plan/ }).click();
    await seen(tab.heading("slow"));
    await seen(page.getByText("60 of 60"));
    await tab.go("#/jobs");
    await seen(page.getByRole("row", { name: `Job ${job.id}` }).getByText("done"));
  });
});

test("one waits while the other runs; a full queue is said, and tried again", async () => {
  const full = await Berth.start("--jobs", "1", "--queue", "1");
  try {
    const first = await full.planLater(large, "method=milp&time_limit=60s");
    const second = await full.planLater(large, "method=milp&time_limit=60s");
    await inTab(full, {}, async (tab) => {
      const { page } = tab;
      await tab.go(`#/jobs/${second.id}`);
      await seen(page.getByText("waits for its turn"));
      await tab.go("#/edit?example=demo");
      await seen(page.getByText("Valid: 2 classes"));
      await page.getByRole("button", { name: "Solve" }).click();
      await seen(page.getByRole("alert").getByText("The server is busy"));
      tab.expectComplaint(/status of 429/);
      await full.drop(`/v1/jobs/${second.id}`);
      await full.drop(`/v1/jobs/${first.id}`);
      const solve = page.getByRole("button", { name: "Solve" });
      await expect
        .poll(async () => {
          await solve.click();
          return page.getByRole("link", { name: /^Open plan/ }).count();
        })
        .toBe(1);
      await gone(page.getByRole("alert"));
    });
  } finally {
    await full.end();
  }
});

test("the server goes and comes back", async () => {
  const other = await Berth.start();
  try {
    const plan = await other.plan(fleet("demo"), "title=still here");
    await inTab(other, {}, async (tab) => {
      const { page } = tab;
      await tab.go(`#/plans/${plan.id}`);
      await seen(tab.heading("still here"));
      await other.planLater(large, "method=milp&time_limit=60s");
      await tab.go("#/jobs");
      await page.getByRole("link", { name: "Job 2" }).click();
      await running(tab);
      await other.stop("SIGKILL");
      await seen(page.getByText("The server does not answer. The job may still run; trying again."));
      await page.getByRole("link", { name: "History" }).click();
      await seen(page.getByRole("alert").getByText("The server does not answer", { exact: true }));
      await other.start();
      await page.getByRole("button", { name: "Try again" }).click();
      await seen(page.getByRole("link", { name: `Plan ${plan.id}` }));
      // The job died with the server that had it.
      await tab.go("#/jobs/2");
      await seen(page.getByRole("alert"));
      tab.expectComplaint(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/);
      tab.expectComplaint(/status of 404/);
    });
  } finally {
    await other.end();
  }
});

test("a token is asked for, refused, and kept for the tab", async () => {
  const folder = mkdtempSync(join(tmpdir(), "berth-token-"));
  const file = join(folder, "token");
  writeFileSync(file, "sesame-sesame-sesame");
  const locked = await Berth.start("--token-file", file);
  locked.token = "sesame-sesame-sesame";
  try {
    const plan = await locked.plan(fleet("minimal"), "title=secret");
    await inTab(locked, {}, async (tab) => {
      const { page } = tab;
      const dialog = page.getByRole("dialog", { name: "A token is needed" });
      await page.goto(`${locked.url}/#/plans/${plan.id}`);
      await seen(dialog);
      await expectAccessible(tab);
      await expect.poll(() => dialog.evaluate((d) => d.contains(document.activeElement))).toBe(true);
      await dialog.getByLabel("Token").fill("guess");
      await page.keyboard.press("Enter");
      await seen(dialog.getByText("The server refused the last one."));
      await dialog.getByLabel("Token").fill("sesame-sesame-sesame");
      await page.keyboard.press("Enter");
      await seen(tab.heading("secret"));
      await gone(dialog);
      tab.expectComplaint(/status of 401/);
      // A file is fetched with the token too.
      await page.locator("summary", { hasText: "Export" }).click();
      const download = page.waitForEvent("download");
      await page.getByRole("link", { name: "Plan, JSON" }).click();
      expect((await download).suggestedFilename()).toBe(`berth-plan-${plan.id}-plan.json`);
      await page.reload();
      await seen(tab.heading("secret"));
      expect(await dialog.count()).toBe(0);
    });
    // Who has none is told so.
    await inTab(locked, {}, async (tab) => {
      await tab.page.goto(`${locked.url}/#/plans/${plan.id}`);
      const dialog = tab.page.getByRole("dialog");
      await dialog.getByRole("button", { name: "Cancel" }).first().click();
      await seen(tab.page.getByRole("alert").getByText("A token is needed"));
      tab.expectComplaint(/status of 401/);
    });
  } finally {
    await locked.end();
    rmSync(folder, { recursive: true });
  }
});
