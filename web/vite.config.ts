import { defineConfig, loadEnv } from "vite";

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
    // Three scripts: what the plan needs, what all other views need, and the editor with its YAML.
    rolldownOptions: {
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            {
              name: "edit",
              test: /node_modules\/yaml|src\/views\/edit\/(?!relax)|src\/lib\/(fleet_edit|relaxing|highlight|scale)/,
              priority: 2,
            },
            {
              name: "views",
              test: /node_modules\/uplot|src\/views\/(live|diff|history|whatif|edit\/relax)|src\/components\/chart|src\/lib\/(histogram|requests|stress)/,
              priority: 2,
            },
          ],
        },
      },
    },
  },
  // BERTH_URL names the running berth serve that the development server hands requests on to.
  server: { proxy: { "/v1": loadEnv(mode, ".", "BERTH_")["BERTH_URL"] ?? "http://127.0.0.1:8080" } },
}));
