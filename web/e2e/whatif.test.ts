import { afterAll, beforeAll, expect, test } from "vitest";
import { Berth, fleet } from "./berth.ts";
import { inTab, seen, type Tab } from "./browser.ts";

let berth: Berth;
let plan = 0;
beforeAll(async () => {
  berth = await Berth.start();
  plan = (await berth.plan(fleet("demo"), "title=asked about")).id;
});
afterAll(() => berth.end());

const fill = (tab: Tab, name: string, value: string) => tab.page.getByLabel(name, { exact: true }).fill(value);
const press = (tab: Tab, name: string) => tab.page.getByRole("button", { name, exact: true }).click();

/** Until the study that was asked for has the address. */
async function study(tab: Tab, kind: string): Promise<number> {
  await tab.page.waitForURL(/#\/studies\/\d+$/);
  await seen(tab.heading(new RegExp(`^${kind} \\d+$`)));
  return Number(tab.page.url().split("/").at(-1));
}

test("a simulation, and the plan with it beside", () =>
  inTab(berth, {}, async (tab) => {
    const { page } = tab;
    await tab.go("#/what-if");
    await seen(page.locator(".eyebrow", { hasText: `What if, plan ${plan}` }));
    await seen(page.getByText("Replays the plan request by request"));
    await fill(tab, "Duration, s", "60");
    await fill(tab, "Replications", "2");
    await press(tab, "Simulate");
    await study(tab, "Simulation");
    await seen(tab.panel("Attainment").getByRole("row", { name: /^conv/ }));
    await expect.poll(() => tab.panel("Latency against limits").locator("svg").count()).toBeGreaterThan(1);
    await seen(tab.panel("Over time").locator(".uplot canvas"));
    await tab.panel("Over time").getByText("As a table: Sequences of a replica").click();
    await seen(tab.panel("Over time").getByRole("columnheader", { name: "Running" }));
    await tab.go(`#/plans/${plan}`);
    await expect.poll(() => tab.panel("Service levels").getByText("simulated").count()).toBeGreaterThan(2);
    await seen(
      page
        .locator(".figure", { hasText: "Classes within their SLOs" })
        .getByText(/^as predicted( and simulated$|; in)/),
    );
    await tab
      .panel("How it was made")
      .getByRole("link", { name: /Simulation|simulate/ })
      .first()
      .click();
    await study(tab, "Simulation");
  }));

test("a stress test", async () => {
  // Of a fleet whose refused requests cost something.
  const other = await berth.plan(fleet("multi-model"), "method=gh");
  await inTab(berth, {}, async (tab) => {
    await tab.go(`#/plans/${other.id}/what-if?kind=stress`);
    await fill(tab, "Scenarios", "40");
    await tab.page.getByLabel("Demand, times, to").fill("4");
    await press(tab, "Stress");
    await study(tab, "Stress test");
    await seen(tab.page.getByText("The plan in 40 scenarios"));
    await seen(tab.panel("Cost of a scenario").locator("svg"));
    await seen(tab.panel("Broken promises").getByText("a quality floor is broken"));
    await seen(tab.page.getByText(/scenarios 40/));
    // The form stands as it was asked.
    expect(await tab.page.getByLabel("Demand, times, to").inputValue()).toBe("4");
  });
});

test("the frontier between cost and robustness", () =>
  inTab(berth, {}, async (tab) => {
    const { page } = tab;
    await tab.go(`#/plans/${plan}/what-if?kind=stress`);
    await fill(tab, "Scenarios", "20");
    await page.getByLabel("agh", { exact: true }).check();
    await fill(tab, "Headrooms", "0, 0.5, 2");
    await page.getByLabel("Demand, times, to").fill("3");
    await press(tab, "Stress");
    await study(tab, "Stress test");
    const frontier = tab.panel("Cost against robustness");
    await expect.poll(() => frontier.locator("circle.dot").count()).toBeGreaterThan(2);
    await seen(frontier.locator("polyline"));
    const rows = frontier.getByRole("rowheader").getByRole("button");
    const last = rows.last();
    await last.click();
    expect(await last.getAttribute("aria-pressed")).toBe("true");
    await seen(page.getByRole("heading", { name: `${await last.innerText()}, in 20 scenarios` }));
    await frontier.locator("circle.dot:not(.chosen)").last().click();
    expect(await last.getAttribute("aria-pressed")).toBe("false");
  }));

test("a day is replayed, and moved along", () =>
  inTab(berth, {}, async (tab) => {
    const { page } = tab;
    await tab.go(`#/plans/${plan}/what-if?kind=replay`);
    await fill(tab, "Windows", "24");
    await fill(tab, "Window, s", "3600");
    await page.getByLabel("agh", { exact: true }).uncheck();
    await page.getByLabel("gh", { exact: true }).check();
    await press(tab, "Replay");
    const id = await study(tab, "Replay");
    for (const policy of ["static", "threshold", "gh", "oracle"])
      await seen(tab.panel("Policies").getByRole("row", { name: new RegExp(`^${policy}`) }));
    const windows = tab.panel("Window by window");
    const scrubber = windows.getByRole("slider", { name: "Window" });
    await seen(windows.getByText("Window 1 of 24"));
    await scrubber.focus();
    for (let i = 0; i < 6; i++) await page.keyboard.press("ArrowRight");
    await seen(windows.getByText("Window 7 of 24"));
    expect(await scrubber.getAttribute("aria-valuetext")).toMatch(/^window 7 of 24, 06:00, demand /);
    await page.keyboard.press("End");
    await seen(windows.getByText("Window 24 of 24"));
    // A click on a chart goes there.
    const chart = windows.locator(".uplot .u-over").first();
    const box = await chart.boundingBox();
    await chart.click({ position: { x: (box?.width ?? 0) / 2, y: 40 } });
    await seen(windows.getByText(/Window 1[1-4] of 24/));
    await page.reload();
    await study(tab, "Replay");
    await press(tab, "Delete");
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await tab.toast(`Study ${id} is deleted`);
    await page.waitForURL(/what-if\?kind=replay$/);
  }));

test("what each limit costs", async () => {
  const small = await berth.plan(fleet("minimal"));
  await inTab(berth, {}, async (tab) => {
    await tab.go(`#/plans/${small.id}`);
    await press(tab, "Find what each limit costs");
    await seen(tab.panel("What binds").getByRole("columnheader", { name: "Saves if lifted" }));
    const [first, second] = [await berth.study(small.id, "explain", {}), await berth.study(small.id, "explain", {})];
    await tab.go(`#/studies/${second.id}`);
    await seen(tab.panel("Other studies of this plan").getByRole("link", { name: `Explanation ${first.id}` }));
  });
});

test("what cannot be asked is said", () =>
  inTab(berth, {}, async (tab) => {
    await tab.go(`#/plans/${plan}/what-if?kind=simulate`);
    await fill(tab, "Duration, s", "0");
    await press(tab, "Simulate");
    await seen(tab.page.getByRole("alert").getByText("duration"));
    tab.expectComplaint(/status of 400/);
  }));
