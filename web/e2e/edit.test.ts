import { afterAll, beforeAll, expect, test } from "vitest";
import type { PlanPage, PlanRecord } from "../src/types.ts";
import { expectAccessible } from "./axe.ts";
import { Berth, fleet } from "./berth.ts";
import { inTab, seen, type Tab } from "./browser.ts";

let berth: Berth;
let first = 0;
beforeAll(async () => {
  berth = await Berth.start();
  first = (await berth.plan(fleet("demo"), "title=before")).id;
});
afterAll(() => berth.end());

const yaml = (tab: Tab) => tab.page.getByLabel("Fleet, YAML");
const text = (tab: Tab) => yaml(tab).inputValue();
const field = (tab: Tab, name: string) => tab.page.getByRole("textbox", { name, exact: true });
const slider = (tab: Tab, name: string) => tab.page.getByRole("slider", { name: `${name}, slider`, exact: true });
const solve = (tab: Tab) => tab.page.getByRole("button", { name: "Solve" });

async function ready(tab: Tab): Promise<void> {
  await expect.poll(() => tab.page.locator("#check-result[aria-busy=false]").count()).toBe(1);
  await seen(tab.page.getByText("Valid: "));
}

/** Until the text says so: the form changes it, and the server looks at it again. */
const becomes = (tab: Tab, pattern: RegExp) => expect.poll(() => text(tab)).toMatch(pattern);

test("an error stands at its line, with what was meant", () =>
  inTab(berth, {}, async (tab) => {
    const { page } = tab;
    await tab.go("#/edit?example=demo");
    await ready(tab);
    const good = await text(tab);
    const bad = good.replace("- llama-3.1-8b", "- llama-3.1-8x");
    const line = bad.split("\n").findIndex((l) => l.includes("8x")) + 1;
    await yaml(tab).fill(bad);
    const error = page.locator(".check li", { hasText: `line ${line}` });
    await seen(error);
    expect(await error.locator(".suggestion").innerText()).toContain("llama-3.1-8b");
    expect(await yaml(tab).getAttribute("aria-invalid")).toBe("true");
    await seen(page.getByText("The YAML has errors"));
    await expectAccessible(tab);
    expect(await solve(tab).isDisabled()).toBe(true);
    await error.getByRole("button").click();
    const selected = await yaml(tab).evaluate((a: HTMLTextAreaElement) =>
      a.value.slice(a.selectionStart, a.selectionEnd),
    );
    expect(selected).toContain("llama-3.1-8x");
    await expect.poll(() => page.locator(".gutter .wrong").allInnerTexts()).toEqual([String(line)]);
    await seen(page.locator(".code-paint .wrong", { hasText: "llama-3.1-8x" }));
    await page.keyboard.type("  - llama-3.1-8b");
    await ready(tab);
    expect(await text(tab)).toBe(good);
    // Broken syntax has a line as well.
    await yaml(tab).fill(good.replace("policy: {headroom: 0.1}", "policy: {headroom: 0.1"));
    await seen(page.locator(".check li .line"));
    await yaml(tab).fill(good);
    await ready(tab);
  }));

test("the form changes the YAML and leaves its comments", () =>
  inTab(berth, {}, async (tab) => {
    const { page } = tab;
    await tab.go(`#/edit?from=${first}`);
    await ready(tab);
    const comments = (await text(tab)).match(/#.*$/gm) ?? [];
    expect(comments.length).toBeGreaterThan(3);
    await field(tab, "Rate of code").fill("3");
    await page.keyboard.press("Enter");
    await becomes(tab, /rate: 3\b/);
    await ready(tab);
    await field(tab, "TTFT of code").fill("2.5");
    await page.keyboard.press("Enter");
    await becomes(tab, /ttft: 2.5\s?s|ttft: 2500\s?ms/);
    await field(tab, "Budget").fill("500");
    await page.keyboard.press("Tab");
    await becomes(tab, /^budget: 500$/m);
    await ready(tab);
    await field(tab, "Name of a new class").fill("batch");
    await page.getByRole("button", { name: "Add class" }).click();
    await becomes(tab, /name: batch/);
    await seen(page.getByText("Valid: 3 classes"));
    await page.getByRole("button", { name: "Remove class batch" }).click();
    await seen(page.getByText("Valid: 2 classes"));
    expect(await text(tab)).not.toContain("batch");
    // The YAML changes the form in turn.
    await yaml(tab).fill((await text(tab)).replace("budget: 500", "budget: 400"));
    await expect.poll(() => field(tab, "Budget").inputValue()).toBe("400");
    for (const comment of comments) expect(await text(tab)).toContain(comment);
    // What was written outlives a reload.
    const draft = await text(tab);
    await page.waitForTimeout(500);
    await page.reload();
    await ready(tab);
    expect(await text(tab)).toBe(draft);
    await page.getByRole("button", { name: "Start over" }).click();
    await expect.poll(() => text(tab)).toBe(fleet("demo"));
  }));

test("every slider moves its number and the YAML", () =>
  inTab(berth, {}, async (tab) => {
    const { page } = tab;
    await tab.go(`#/edit?from=${first}`);
    await ready(tab);
    const offer = await page.locator(".class-edit h3", { hasText: "a box" }).first().innerText();
    const key = offer.split(",")[0]?.replace(/\s+/g, " ").trim() ?? "";
    const all = ["All rates", "All SLO times", "Headroom", "Budget", "Rate of conv", "TPOT of conv"];
    for (const name of [...all, `Price of ${key}`, `Quota of ${key}`]) {
      const before = await text(tab);
      await slider(tab, name).focus();
      await page.keyboard.press("ArrowRight");
      await expect.poll(() => text(tab), { message: name }).not.toBe(before);
      await expect.poll(() => field(tab, name).inputValue(), { message: name }).not.toBe("");
      await ready(tab);
    }
    expect(await text(tab)).toMatch(/^budget: /m);
    expect(await text(tab)).toMatch(/headroom: 0.11/);
  }));

test("the new plan stands beside the old", () =>
  inTab(berth, {}, async (tab) => {
    const { page } = tab;
    await tab.go(`#/edit?from=${first}`);
    await ready(tab);
    await field(tab, "All rates").fill("3");
    await page.keyboard.press("Enter");
    await becomes(tab, /rate: /);
    await ready(tab);
    await page.getByLabel("Method").selectOption("agh");
    await page.getByLabel("Title").fill("three times as much");
    await page.getByLabel(`Plan ${first} runs`).check();
    await solve(tab).click();
    const beside = tab.panel(new RegExp(`beside plan ${first}`));
    await seen(beside);
    await seen(beside.getByText(/^\+\$[\d.,]+\/h, was/));
    await seen(beside.getByRole("heading", { name: `Steps from plan ${first}` }));
    expect(await beside.locator(".steps > li").count()).toBeGreaterThan(1);
    await seen(tab.panel("Convergence"));
    // Once more from here: beside the one that was just made.
    await page.getByLabel("Method").selectOption("gh");
    await solve(tab).click();
    await seen(tab.panel(new RegExp(`^Plan ${first + 2} beside plan ${first + 1}`)));
    await page.getByRole("link", { name: `Open plan ${first + 2}` }).click();
    await seen(tab.heading("three times as much"));
  }));

test("more is asked of a plan, refused in words, and asked again when the plan is edited", () =>
  inTab(berth, {}, async (tab) => {
    const { page } = tab;
    const more = page.getByRole("button", { name: /^More/ });
    const gap = field(tab, "Gap, share");
    await tab.go(`#/edit?from=${first}`);
    await ready(tab);
    expect(await gap.isVisible()).toBe(false);
    const position = () =>
      page.getByRole("form", { name: "Solve" }).evaluate((form) => getComputedStyle(form).position);
    expect(await position()).toBe("sticky");
    await more.click();
    expect(await position()).toBe("static");
    await expect.poll(() => gap.evaluate((input) => input.getBoundingClientRect().bottom < innerHeight)).toBe(true);
    await page.getByLabel("Method").selectOption("gh");
    await gap.fill("2");
    await field(tab, "Seed").fill("7");
    await page.getByLabel(`Plan ${first} runs`).check();
    await field(tab, "Most changes, replicas").fill("3");
    await field(tab, "Hold, as 30m or 2h").fill("90m");
    await expectAccessible(tab);
    await more.click();
    await solve(tab).click();
    // What the server says opens where it is about.
    await seen(page.getByRole("alert").getByText("expected from 0 to 0.99, found 2"));
    tab.expectComplaint(/status of 400/);
    await expect.poll(() => gap.evaluate((input) => input === document.activeElement)).toBe(true);
    expect(await gap.getAttribute("aria-invalid")).toBe("true");
    await expectAccessible(tab);
    await gap.fill("1%");
    await page.keyboard.press("Enter");
    await seen(page.getByRole("link", { name: /^Open plan/ }));
    const [made] = (await berth.get<PlanPage>("/v1/plans?limit=1")).plans;
    const asked = { method: "gh", gap: 0.01, seed: 7, current: first, max_changes: 3, hold: 5400 };
    expect((await berth.get<PlanRecord>(`/v1/plans/${made?.id}`)).request).toMatchObject(asked);
    await tab.go(`#/edit?from=${made?.id}`);
    await ready(tab);
    await seen(page.getByRole("button", { name: "More, 2 set" }));
    expect(await page.getByLabel("Method").inputValue()).toBe("gh");
    await more.click();
    expect(await gap.inputValue()).toBe("0.01");
    expect(await field(tab, "Hold, as 30m or 2h").inputValue()).toBe("90m");
  }));

test("headroom that was asked for beside the fleet is in the fleet that is edited", () =>
  inTab(berth, {}, async (tab) => {
    const { id } = await berth.plan(fleet("demo"), "method=gh&headroom=0.35");
    await tab.go(`#/edit?from=${id}`);
    await ready(tab);
    expect(await text(tab)).toContain("headroom: 0.35");
  }));

test("without a plan the reader learns what to relax, and may do so", () =>
  inTab(berth, {}, async (tab) => {
    const { page } = tab;
    await tab.go("#/edit?example=demo");
    await ready(tab);
    await yaml(tab).fill(fleet("too-small"));
    await seen(page.getByText("Valid: 1 class,"));
    await solve(tab).click();
    await seen(tab.panel("No plan").getByRole("alert").getByText("No plan keeps all these limits"));
    await page.getByRole("button", { name: "What to relax" }).click();
    const relax = tab.panel("What to relax");
    await seen(relax.getByRole("heading", { name: "Each of these leaves a plan" }));
    await seen(relax.getByRole("heading", { name: /contradict/ }));
    await expectAccessible(tab);
    const before = await text(tab);
    await relax.getByRole("button", { name: "Change the fleet so" }).first().click();
    await tab.toast("The fleet is changed");
    expect(await text(tab)).not.toBe(before);
    await ready(tab);
    await solve(tab).click();
    await seen(page.getByRole("link", { name: /^Open plan/ }));
  }));
