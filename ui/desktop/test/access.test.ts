// Every screen in a real browser, in both themes: can it be used by people who do not see it, or see it in another way.
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SCENARIOS } from "../src/bridge/fake/scenarios";
import { openStage, show, sights } from "./stage";

let stage: { browser: Browser; address: string; close: () => Promise<void> };
let page: Page;
beforeAll(async () => {
  stage = await openStage();
  const context = await stage.browser.newContext({ viewport: { width: 1024, height: 700 }, reducedMotion: "reduce", locale: "en-GB" });
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

test("a ring is told to a screen reader in one sentence, and takes no focus", async () => {
  await show(page, stage.address, { name: "devices", scenario: "devices" }, "light", "en");
  await page.locator("[data-testid=devices-ringer] input[type=range]").focus();
  await page.evaluate(() => void fake.ring(0));
  await expect.poll(() => page.getByRole("alert").innerText()).toBe("Chen Yulan is calling Support.");
  expect(await page.evaluate(() => document.activeElement?.matches("input[type=range]"))).toBe(true);
});
