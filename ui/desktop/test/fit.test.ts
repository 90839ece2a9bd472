// Every screen in a real browser: is every word on it, at the smallest window and at a large one, in each language.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SCENARIOS } from "../src/bridge/fake/scenarios";
import { openStage, show, sights } from "./stage";

const SMALLEST = { width: 1024, height: 700 };
const LARGE = { width: 2560, height: 1440 };

let stage: Awaited<ReturnType<typeof openStage>>;
let page: Page;
beforeAll(async () => {
  stage = await openStage();
  const context = await stage.browser.newContext({ viewport: SMALLEST, reducedMotion: "reduce", locale: "en-GB" });
  page = await context.newPage();
});
afterAll(() => stage.close());

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
