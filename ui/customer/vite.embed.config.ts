import { defineConfig } from "vite";

// One script, classic or module, because the pages it stands in are other people's: no globals but `Warmline`.
export default defineConfig({
  publicDir: false,
  plugins: [
    {
      // Styles in a text are not the minifier's to shorten.
      name: "short-styles",
      transform: (code, id) =>
        id.endsWith("/embed/css.ts") ? code.replace(/`([^`]*)`/, (_whole, css: string) => `\`${css.replace(/\s*\n\s*/g, "").replace(/\s*([{};,])\s*/g, "$1").replace(/: /g, ":")}\``) : null,
    },
  ],
  build: {
    target: ["es2022", "safari16"],
    emptyOutDir: false,
    lib: { entry: "src/embed/embed.ts", formats: ["iife"], name: "Warmline", fileName: () => "embed.js" },
  },
});
