import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// `--mode fake` compiles the scripted bridge in, to develop and look at the screen without the native side.
// Without it the import of the fake is unreachable and nothing of it is bundled.
export default defineConfig(({ mode }) => ({
  base: "./",
  plugins: [svelte()],
  define: { __FAKE__: JSON.stringify(mode === "fake" || mode === "test") },
  resolve: mode === "test" ? { conditions: ["browser"] } : {},
  // The oldest web views in use: WebKitGTK 2.40 and its contemporaries.
  build: { target: ["es2022", "safari16"], assetsInlineLimit: 0, reportCompressedSize: false },
  server: { port: 5183, strictPort: true },
  // Tests that need a document say so themselves; of the styles only the tokens are read. The limits are for a machine
  // that is busy with other things: nothing waits for them when all is well.
  test: { css: { include: [/tokens/] }, include: ["src/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
}));
