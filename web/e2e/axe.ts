import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect } from "vitest";
import type { Tab } from "./browser.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Found {
  id: string;
  help: string;
  nodes: { html: string; failureSummary?: string }[];
}

async function violations(tab: Tab, theme: string): Promise<string[]> {
  const found = await tab.page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run: (options: object) => Promise<{ violations: Found[] }> } };
    return (await axe.run({ resultTypes: ["violations"] })).violations;
  });
  return found.flatMap((v) =>
    v.nodes.map((n) => `${theme}, ${v.id}: ${v.help}\n  ${n.html.slice(0, 200)}\n  ${n.failureSummary ?? ""}`),
  );
}

/** What axe-core knows of, best practices included, in both themes. */
export async function expectAccessible(tab: Tab): Promise<void> {
  // Through the debugger: the content policy lets no script in that is not the page's own.
  await tab.page.evaluate(AXE);
  const light = await violations(tab, "light");
  await tab.page.emulateMedia({ colorScheme: "dark" });
  const dark = await violations(tab, "dark");
  await tab.page.emulateMedia({ colorScheme: "light" });
  expect([...light, ...dark].join("\n")).toBe("");
}
