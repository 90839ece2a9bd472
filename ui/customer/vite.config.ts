import { defineConfig } from "vitest/config";

// The server hands these files out under /c/assets/, whatever the organisation and the queue in the address. The page
// asks for them beside its own address, so that it works under any path that a proxy puts before the server's.
export default defineConfig({
  base: "",
  experimental: {
    renderBuiltUrl: (filename, { hostType }) => (hostType === "html" ? `../${filename}` : { relative: true }),
  },
  build: {
    // Browsers since the autumn of 2022. Safari 15 would cost a tenth of the size for its class fields.
    target: ["es2022", "safari16"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { port: 5184, strictPort: true },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
