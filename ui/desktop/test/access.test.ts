// Every screen in a real browser, in both themes: can it be used by people who do not see it, or see it in another way;
// and is every word on it at the smallest window and at a large one, in each language.
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SCENARIOS } from "../src/bridge/fake/scenarios";
import { openStage, show, sights } from "./stage";

const SMALLEST = { width: 1024, height: 700 };
const LARGE = { width: 2560, height: 1440 };

let stage: { browser: Browser; address: string; close: () => Promise<void> };
let page: Page;
beforeAll(async () => {
  stage = await openStage();
  const context = await stage.browser.newContext({ viewport: SMALLEST, reducedMotion: "reduce", locale: "en-GB" });
  page = await context.newPage();
  await page.addInitScript({ content: axe.source });
});
afterAll(() => stage.close());

describe.each(["light", "dark"])("in the %s theme", (theme) => {
  test.each(sights(SCENARIOS))("$name can be used by everybody", async (sight) => {
    await show(page, stage.address, sight, theme, "en");
    // The theme changes nothing but colours.
    const wanted = theme === "light" ? ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] : ["color-contrast"];
    const found = await page.evaluate(async (runOnly) => {
      const { axe: judge } = window as unknown as { axe: typeof axe };
      // Menus float beside the landmarks from which they are opened.
      const { violations } = await judge.run(document, { runOnly, rules: { region: { enabled: false } } });
      return violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes.map((node) => `${node.html.slice(0, 160)} ${node.failureSummary ?? ""}`) }));
    }, wanted);
    expect(found).toEqual([]);
  });
});

describe.each([
  ["en", SMALLEST],
  ["zh-Hans", SMALLEST],
  ["zh-Hant", SMALLEST],
  ["en", LARGE],
] as const)("in %s at %o", (language, size) => {
  beforeAll(() => page.setViewportSize(size));
  afterAll(() => page.setViewportSize(SMALLEST));
  test.each(sights(SCENARIOS))("$name fits its window and cuts no word that cannot be read elsewhere", async (sight) => {
    await show(page, stage.address, sight, "light", language);
    expect(await misfits(page)).toEqual({ cut: [], wider: 0, outside: [] });
  });
});

/** Words that are cut, how far the page is wider than its window, and what stands outside it. */
function misfits(page: Page): Promise<{ cut: string[]; wider: number; outside: string[] }> {
  return page.evaluate(() => ({
    cut: [...document.querySelectorAll<HTMLElement>("body *")]
      .filter((one) => one.checkVisibility() && one.clientWidth > 1 && one.closest(".unseen") === null)
      .filter((one) => ["hidden", "clip"].includes(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth + 1)
      .filter((one) => one.title !== one.innerText && one.closest("[title]") === null && one.innerText !== "")
      .map((one) => `${one.tagName}.${one.className}: ${one.innerText.slice(0, 60)} (${one.scrollWidth} in ${one.clientWidth})`),
    wider: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    outside: [...document.querySelectorAll<HTMLElement>("button, input, textarea, h1, h2")]
      .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 || one.getBoundingClientRect().left < -1)
      .map((one) => one.outerHTML.slice(0, 120)),
  }));
}

test("a ring is told to a screen reader in one sentence, and takes no focus", async () => {
  await show(page, stage.address, { name: "devices", scenario: "devices" }, "light", "en");
  await page.locator("[data-testid=devices-ringer] input[type=range]").focus();
  await page.evaluate(() => void fake.ring(0));
  await expect.poll(() => page.getByRole("alert").innerText()).toBe("Chen Yulan is calling Support.");
  expect(await page.evaluate(() => document.activeElement?.matches("input[type=range]"))).toBe(true);
});
