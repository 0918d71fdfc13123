import { afterAll, beforeAll, expect, test } from "vitest";
import { Berth, fleet, generated } from "./berth.ts";
import { seen, Tab } from "./browser.ts";

// Pictures to look at: of every view, at two widths, in both themes, into the folder that PICTURES names; or with
// PICTURES=docs the one of docs/serve.md. Part of no test run.

const FOLDER = process.env["PICTURES"] ?? "";
const DOCS = new URL("../../docs/images/page.png", import.meta.url).pathname;

const views: [string, string][] = [
  ["start", "#/"],
  ["plan", "#/plans/2"],
  ["large", "#/plans/4"],
  ["thousand", "#/plans/5"],
  ["edit-thousand", "#/edit?from=5"],
  ["edit", "#/edit?from=2"],
  ["refused", "#/edit?from=2"],
  ["compare", "#/jobs/JOB?base=2"],
  ["live", "#/jobs/LIVE"],
  ["jobs", "#/jobs"],
  ["ask", "#/plans/2/what-if?kind=replay"],
  ["simulation", "#/studies/1"],
  ["stress", "#/studies/2"],
  ["frontier", "#/studies/3"],
  ["replay", "#/studies/4"],
  ["explanation", "#/studies/5"],
  ["history", "#/plans?pick=1,2"],
  ["diff", "#/plans/1/diff/2"],
  ["missing", "#/plans/99"],
];

let berth: Berth;
let job = 0;
let live = 0;
beforeAll(async () => {
  berth = await Berth.start();
  const demo = fleet("demo");
  await berth.plan(demo.replace("headroom: 0.1", "headroom: 1.4"), "title=demo&method=agh");
  await berth.plan(demo, "title=demo");
  await berth.study(2, "simulate", { replications: 3 });
  if (FOLDER === "docs") return;
  await berth.plan(fleet("multi-model"), "title=four services&method=agh");
  await berth.plan(await generated(60), "title=sixty classes&method=agh");
  await berth.plan(await generated(1000), "title=a thousand classes&method=gh");
  await berth.study(3, "stress", { scenarios: 200, demand: [0.8, 3] });
  await berth.study(2, "stress", {
    scenarios: 100,
    demand: [0.8, 3],
    methods: ["gh", "agh"],
    headrooms: [0, 0.5, 1, 2],
  });
  await berth.study(2, "replay", { policies: ["static", "threshold", "gh", "oracle"] });
  await berth.study(1, "explain", {});
  ({ id: job } = await berth.planLater(demo.replace("headroom: 0.1", "headroom: 0.8"), "title=more headroom"));
  for (;;) {
    if ((await berth.get<{ state: string }>(`/v1/jobs/${job}`)).state === "done") break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  ({ id: live } = await berth.planLater(await generated(300), "method=milp&time_limit=60s&title=slow"));
}, 120_000);
afterAll(() => berth.end());

async function settled(tab: Tab): Promise<void> {
  await tab.page.waitForLoadState("networkidle");
  await tab.page.waitForTimeout(300);
}

/** Asks for a gap that the service refuses. */
async function refuse(tab: Tab): Promise<void> {
  await tab.page.getByRole("button", { name: /^More/ }).click();
  await tab.page.getByLabel("Plan 2 runs").check();
  await tab.page.getByLabel("Gap, share").fill("2");
  await seen(tab.page.getByText("Valid: "));
  await tab.page.getByRole("button", { name: "Solve" }).click();
  await seen(tab.page.getByRole("alert"));
}

test.runIf(FOLDER === "docs")("the picture of docs/serve.md", async () => {
  const tab = await Tab.open(berth, { width: 1280, height: 1012 });
  await tab.go("#/plans/2");
  await expect.poll(() => tab.page.getByText("simulated").count()).toBeGreaterThan(2);
  await settled(tab);
  await tab.page.screenshot({ path: DOCS });
  await tab.close();
});

test.runIf(FOLDER !== "docs").each([390, 1280])(
  "%d pixels",
  async (width) => {
    for (const theme of ["light", "dark"] as const) {
      const tab = await Tab.open(berth, { width, theme });
      for (const [name, hash] of views) {
        await tab.go(hash.replace("JOB", String(job)).replace("LIVE", String(live)));
        await seen(tab.page.locator("h1"));
        if (name === "refused") await refuse(tab);
        await settled(tab);
        await tab.page.screenshot({ path: `${FOLDER}/${name}-${width}-${theme}.png`, fullPage: true });
      }
      await tab.context.close();
    }
  },
  240_000,
);
