import { defineConfig } from "vitest/config";

// The server hands these files out under /c/assets/, whatever the organisation and the queue in the address.
export default defineConfig({
  base: "/c/",
  build: {
    // Browsers of the last four years; WebRTC's promise API and `replaceTrack` are there in all of them.
    target: ["es2022", "safari15.4"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { port: 5184, strictPort: true },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
