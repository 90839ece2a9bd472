import { defineConfig } from "vite";

// One classic script, because the pages it stands in are other people's: no module, no globals but `Warmline`.
export default defineConfig({
  publicDir: false,
  build: {
    target: ["es2022", "safari16"],
    emptyOutDir: false,
    lib: { entry: "src/embed/embed.ts", formats: ["iife"], name: "Warmline", fileName: () => "embed.js" },
  },
});
