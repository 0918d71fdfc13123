import { text as textOf } from "node:stream/consumers";
import { parse, parseAllDocuments } from "yaml";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EXPORTS } from "../src/api.ts";
import { Berth, fleet } from "./berth.ts";
import { gone, inTab, seen, type Tab } from "./browser.ts";

let berth: Berth;
const plans: number[] = [];
beforeAll(async () => {
  berth = await Berth.start();
  const demo = fleet("demo");
  const more = demo.replace("policy: {headroom: 0.1}", "policy: {headroom: 1.4}");
  plans.push((await berth.plan(demo, "title=demo")).id);
  plans.push((await berth.plan(more, "title=demo&method=agh")).id);
  plans.push((await berth.plan(fleet("minimal"), "title=another")).id);
});
afterAll(() => berth.end());

const pick = (tab: Tab, id: number) => tab.page.getByLabel(`Pick plan ${id}`).check();
const picked = (tab: Tab) => tab.page.getByRole("region", { name: "Picked plans" });

async function download(tab: Tab, act: () => Promise<void>) {
  const started = tab.page.waitForEvent("download");
  await act();
  const file = await started;
  return { name: file.suggestedFilename(), text: await textOf(await file.createReadStream()) };
}

test("every export is a file that says what it should", () =>
  inTab(berth, {}, async (tab) => {
    const [id = 0] = plans;
    await tab.go("#/plans");
    await pick(tab, id);
    const files = new Map<string, string>();
    for (const [name, label] of EXPORTS) {
      await picked(tab).locator("summary", { hasText: "Export" }).click();
      const file = await download(tab, () => picked(tab).getByRole("link", { name: label }).click());
      expect(file.name).toBe(`berth-plan-${id}-${name}`);
      expect(file.text.length).toBeGreaterThan(50);
      files.set(name, file.text);
      if ((await picked(tab).locator("details[open]").count()) > 0) await tab.page.keyboard.press("Escape");
    }
    const { plan } = await berth.get<{ plan: { deployments: { name: string }[] } }>(`/v1/plans/${id}`);
    const json = JSON.parse(files.get("plan.json") ?? "") as typeof plan & { format: string };
    expect(json.format).toBe("berth.plan/1");
    expect(json.deployments.map((d) => d.name)).toEqual(plan.deployments.map((d) => d.name));
    expect((parse(files.get("plan.yaml") ?? "") as { format: string }).format).toBe("berth.plan/1");
    const kinds = parseAllDocuments(files.get("kubernetes.yaml") ?? "").map((d) => d.get("kind"));
    expect(kinds.filter((kind) => kind === "Deployment").length).toBeGreaterThanOrEqual(plan.deployments.length);
    expect(files.get("report.html")).toContain("</html>");
    expect((files.get("deployments.csv") ?? "").trim().split("\n").length).toBe(plan.deployments.length + 1);
  }));

test("two plans, what changes between them, and in which steps", () =>
  inTab(berth, {}, async (tab) => {
    const { page } = tab;
    const [from = 0, to = 0] = plans;
    await tab.go("#/plans");
    await pick(tab, from);
    await pick(tab, to);
    await picked(tab)
      .getByRole("link", { name: `What changes from ${from} to ${to}` })
      .click();
    await seen(tab.heading(`Plan ${from} to plan ${to}`));
    const steps = tab.panel("Steps").locator(".steps > li");
    await expect.poll(() => steps.count()).toBeGreaterThan(1);
    await seen(tab.panel("Cost").getByRole("row", { name: /^Total/ }));
    await seen(tab.panel("What changes").getByRole("heading", { name: "Deployments" }));
    const file = await download(tab, () => page.getByRole("button", { name: "Save as JSON" }).click());
    expect((JSON.parse(file.text) as { steps: unknown[] }).steps.length).toBe(await steps.count());
    await page.getByRole("link", { name: "The other way" }).click();
    await seen(tab.heading(`Plan ${to} to plan ${from}`));
    await tab.go(`#/plans/${from}/diff/${from}`);
    await seen(tab.panel("Nothing changes"));
  }));

test("one plan is active, and another is deleted", () =>
  inTab(berth, {}, async (tab) => {
    const { page } = tab;
    const [active = 0, , doomed = 0] = plans;
    await tab.go(`#/plans?pick=${active}`);
    await picked(tab).getByRole("button", { name: "Activate" }).click();
    await tab.toast(`Plan ${active} is active`);
    await seen(page.getByRole("row", { name: new RegExp(`Plan ${active}\\b`) }).getByText("active"));
    // What is active cannot be deleted.
    await gone(picked(tab).getByRole("button", { name: "Delete" }));
    expect((await berth.get<{ active: boolean }>(`/v1/plans/${active}`)).active).toBe(true);
    await tab.go("#/");
    await seen(page.locator(".eyebrow", { hasText: `Plan ${active}` }));

    await tab.go(`#/plans?pick=${doomed}`);
    await picked(tab).getByRole("button", { name: "Delete" }).click();
    const dialog = page.getByRole("dialog", { name: `Delete plan ${doomed}?` });
    await seen(dialog);
    await page.keyboard.press("Escape");
    await gone(dialog);
    await picked(tab).getByRole("button", { name: "Delete" }).click();
    await dialog.getByRole("button", { name: "Delete" }).click();
    await tab.toast(`Plan ${doomed} is deleted`);
    await gone(page.getByRole("link", { name: `Plan ${doomed}`, exact: true }));
    await tab.go(`#/plans/${doomed}`);
    await seen(page.getByRole("alert").getByText("There is no such thing"));
    tab.expectComplaint(/status of 404/);
  }));

test("tables sort and copy", () =>
  inTab(berth, {}, async (tab) => {
    const { page } = tab;
    await tab.go(`#/plans/${plans[1] ?? 0}`);
    const routes = tab.panel("Routes");
    const share = routes.getByRole("columnheader", { name: "Share" });
    await share.getByRole("button").click();
    expect(await share.getAttribute("aria-sort")).toBe("descending");
    await share.getByRole("button").click();
    expect(await share.getAttribute("aria-sort")).toBe("ascending");
    await routes.getByRole("button", { name: /^Copy/ }).click();
    await tab.toast(/^Copied \d+ rows/);
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied.split("\n")[0]?.split("\t").slice(0, 3)).toEqual(["Class", "Deployment", "Share"]);
  }));
