import { chromium, type Browser, type BrowserContext, type Locator, type Page } from "playwright-core";
import { expect, inject } from "vitest";
import type { Berth } from "./berth.ts";

export type { Page, Locator };

let shared: Promise<Browser> | null = null;
const browser = () => (shared ??= chromium.connect(inject("browser")));

export interface Look {
  width?: number;
  height?: number;
  theme?: "light" | "dark";
}

/** A tab of its own, and everything that its console says. */
export class Tab {
  private complaints: string[] = [];
  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    private readonly berth: Berth,
  ) {
    page.on("console", (message) => {
      // Warnings too, but for what the browser says of its own graphics.
      if (message.type() === "error" || (message.type() === "warning" && !/GPU|GL Driver/.test(message.text())))
        this.complaints.push(`${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => this.complaints.push(error.stack ?? error.message));
    page.on("crash", () => this.complaints.push("the page crashed"));
  }

  static async open(berth: Berth, look: Look = {}): Promise<Tab> {
    const context = await (
      await browser()
    ).newContext({
      baseURL: berth.url,
      viewport: { width: look.width ?? 1280, height: look.height ?? 900 },
      colorScheme: look.theme ?? "light",
      reducedMotion: "reduce",
      permissions: ["clipboard-read", "clipboard-write"],
      acceptDownloads: true,
    });
    context.setDefaultTimeout(15_000);
    return new Tab(context, await context.newPage(), berth);
  }

  /** To an address behind the hash, and until its document is there. */
  async go(hash: string): Promise<void> {
    const before = this.page.url();
    await this.page.goto(`${this.berth.url}/${hash}`);
    // A change of the hash alone loads nothing.
    if (before.split("#")[0] === this.page.url().split("#")[0]) await this.page.waitForTimeout(50);
    await this.settled();
  }

  async settled(): Promise<void> {
    await this.page.locator("h1").first().waitFor();
    await expect.poll(() => this.page.locator(".skeleton").count(), { timeout: 15_000 }).toBe(0);
  }

  heading(name: string | RegExp): Locator {
    return this.page.getByRole("heading", { level: 1, name });
  }

  /** A panel by its heading. */
  panel(name: string | RegExp): Locator {
    return this.page.locator("section.panel").filter({ has: this.page.getByRole("heading", { level: 2, name }) });
  }

  async toast(text: string | RegExp): Promise<void> {
    await this.page.locator(".toast", { hasText: text }).first().waitFor();
  }

  /** Complaints that are part of the test: an answer that is an error is one for the browser. */
  expectComplaint(pattern: RegExp): void {
    expect(this.complaints.filter((c) => pattern.test(c))).not.toEqual([]);
    this.complaints = this.complaints.filter((c) => !pattern.test(c));
  }

  /** Closes the tab; nothing may have been complained about. */
  async close(): Promise<void> {
    await this.context.close();
    expect(this.complaints).toEqual([]);
  }
}

/** Opens a tab, does something in it, and closes it; on failure says what the console said. */
export async function inTab(berth: Berth, look: Look, act: (tab: Tab) => Promise<void>): Promise<void> {
  const tab = await Tab.open(berth, look);
  try {
    await act(tab);
  } catch (error) {
    await tab.page.screenshot({ path: process.env["BERTH_FAILED"] ?? "/dev/null" }).catch(() => undefined);
    await tab.context.close();
    throw error;
  }
  await tab.close();
}

/** Waits until there is one such element. */
export const seen = (locator: Locator) => locator.first().waitFor();
export const gone = (locator: Locator) => locator.first().waitFor({ state: "detached" });
