import { defineConfig } from "vitest/config";

// The screens in a real Chromium: what has to be laid out and painted before it can be judged.
export default defineConfig({
  test: {
    environment: "node",
    include: ["test/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
