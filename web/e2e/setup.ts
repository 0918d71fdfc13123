import { accessSync, constants } from "node:fs";
import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the browser that all tests share is reached. */
    browser: string;
  }
}

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The browser of the system, as scripts/setup --browser installs it. */
function findBrowser(): string {
  const folders = (process.env["PATH"] ?? "").split(":");
  const found = NAMES.flatMap((name) => folders.map((folder) => `${folder}/${name}`)).find(executable);
  if (!found) throw new Error("no Chromium on the PATH: scripts/setup --browser installs it");
  return found;
}

export default async function setup(project: TestProject) {
  const server = await chromium.launchServer({
    executablePath: findBrowser(),
    // Without a sandbox it starts in containers too; the page is our own.
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
  });
  project.provide("browser", server.wsEndpoint());
  return () => server.close();
}
