import { defineConfig } from "vitest/config";

// The page in a real Chromium. One file after the other: each starts a browser, and browsers are hungry.
export default defineConfig({
  test: {
    environment: "node",
    include: ["test/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
