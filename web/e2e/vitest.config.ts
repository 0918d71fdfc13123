import { defineConfig } from "vitest/config";

// One file after the other, in one browser: they are about one service, and processors are few.
export default defineConfig({
  test: {
    include: [process.env["PICTURES"] ? "e2e/pictures.ts" : "e2e/*.test.ts"],
    globalSetup: "e2e/setup.ts",
    reporters: ["verbose"],
    pool: "threads",
    fileParallelism: false,
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
