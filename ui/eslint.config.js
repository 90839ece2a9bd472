// One set of rules for every package of the workspace. The boundaries at the end are the house's: features never
// import each other, the model knows neither Svelte nor the screen, and the kit knows nothing of contact centres.
import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

const forbid = (files, patterns) => ({
  files,
  // Tests may stand in for the whole.
  ignores: ["**/*.test.ts"],
  rules: { "no-restricted-imports": ["error", { patterns }] },
});

export default ts.config(
  { ignores: ["**/dist/**", "**/dist-*/**", "**/node_modules/**", "protocol/**"] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      "max-lines": ["error", 500],
      "max-lines-per-function": ["error", 70],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      // The compiler checks names, and knows generics and ambient types, which this rule does not.
      "no-undef": "off",
      // The catalogue's parameters and the timers use plain maps and dates on purpose; they are not reactive state.
      "svelte/prefer-svelte-reactivity": "off",
      eqeqeq: "error",
      // In a loop that only counts, and for what a signature demands.
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  {
    files: ["desktop/src/**/*.ts", "customer/src/**/*.ts", "kit/src/**/*.ts"],
    ignores: ["**/*.svelte.ts"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: { "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: false }] },
  },
  {
    // A table of cases is one function with many small ones inside.
    files: ["**/*.test.ts"],
    rules: { "max-lines-per-function": "off" },
  },
  {
    files: ["**/*.config.{js,ts}", "eslint.config.js"],
    languageOptions: { globals: { ...globals.node } },
  },
  forbid(["desktop/src/features/**"], [
    { regex: "^\\.\\./(?!\\.\\./)", message: "Features never import each other; app/ composes them." },
    { regex: "/(app|bridge)/", message: "Features know the model only; app/ hands them what they need." },
  ]),
  forbid(["desktop/src/model/**"], [
    { regex: "svelte|/(features|app|bridge)/", message: "The model is plain TypeScript, tested without a DOM." },
  ]),
  forbid(["kit/src/**"], [
    { regex: "@warmline/", message: "The kit knows nothing of contact centres." },
  ]),
);
