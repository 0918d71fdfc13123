import { defineConfig, loadEnv } from "vite";

const EDIT = /node_modules\/yaml|src\/views\/edit\/(?!relax)|src\/lib\/(asked|fleet_edit|relaxing|highlight|scale)/;
const VIEWS =
  /node_modules\/uplot|src\/views\/(live|diff|history|whatif|edit\/relax)|src\/components\/chart|src\/lib\/(histogram|requests|stress|ticks)/;

/** What all views share is named as well: else it would go into the first chunk that needs it. */
function chunkOf(id: string): string | undefined {
  if (EDIT.test(id)) return "edit";
  if (VIEWS.test(id)) return "views";
  return /node_modules|src\/(lib|components|views|api|state|router)/.test(id) ? "base" : undefined;
}

// Paths are relative, so the page also works below a prefix of a reverse proxy.
export default defineConfig(({ mode }) => ({
  base: "./",
  build: {
    outDir: "dist",
    target: ["chrome123", "firefox121", "safari17.5"],
    cssTarget: ["chrome123", "firefox121", "safari17.5"],
    modulePreload: { polyfill: false },
    // Nothing is inlined as a data URL: the content policy allows those for images alone.
    assetsInlineLimit: 0,
    // Few scripts: what the plan needs, what all other views need, and the editor with its YAML.
    rollupOptions: { output: { manualChunks: chunkOf } },
  },
  // BERTH_URL names the running berth serve that the development server hands requests on to.
  server: { proxy: { "/v1": loadEnv(mode, ".", "BERTH_")["BERTH_URL"] ?? "http://127.0.0.1:8080" } },
}));
