// Computes WCAG contrast of the tokens, because a screen reader's tool cannot see colours without a layout.
import { describe, expect, test } from "vitest";
import css from "../../../kit/src/tokens.css?raw";

const AA_TEXT = 4.5;
const AA_SHAPE = 3;

function tokens(selector: string): Map<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`)).split("}")[0] ?? "";
  return new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((match) => [match[1] ?? "", match[2] ?? ""]));
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(theme: Map<string, string>, ink: string, ground: string): number {
  const [one, other] = [luminance(theme.get(ink) ?? ""), luminance(theme.get(ground) ?? "")];
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

const TEXT: ReadonlyArray<readonly [string, string]> = [
  ...["ink", "ink-2", "ink-3"].flatMap((ink) => ["ground", "surface", "raised", "sunken"].map((ground) => [ink, ground] as const)),
  ...["ember", "ready", "wait", "alert", "cool"].flatMap((tone) => [`${tone}-soft`, "surface", "raised", "ground"].map((ground) => [`${tone}-ink`, ground] as const)),
  ["on-ember", "ember"], ["on-ready", "ready"], ["on-alert", "alert"], ["surface", "ink"], ["ink", "wait-soft"],
];
const SHAPES = ["ember", "ready", "wait", "alert", "cool", "edge"].map((tone) => [tone, "surface"] as const);

describe.each([["light", ":root"], ["dark", '[data-theme="dark"]']])("in the %s theme", (_, selector) => {
  const theme = tokens(selector);
  test.each(TEXT)("text in %s on %s is readable", (ink, ground) => expect(contrast(theme, ink, ground)).toBeGreaterThanOrEqual(AA_TEXT));
  test.each(SHAPES)("a shape in %s on %s is seen", (ink, ground) => expect(contrast(theme, ink, ground)).toBeGreaterThanOrEqual(AA_SHAPE));
});
