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
  test: { environment: "jsdom", css: true, include: ["src/**/*.test.ts"] },
}));
