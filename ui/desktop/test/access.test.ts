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

test("why this agent is reached, read and left by the keyboard alone", async () => {
  await show(page, stage.address, { name: "talking", scenario: "talking" }, "light", "en");
  await page.locator("[data-testid=why]").focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector("[data-testid=why-group]");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  expect(await page.locator("[data-testid=why-group][open]").count()).toBe(1);
  await page.keyboard.press("Escape");
  await page.waitForSelector("[data-testid=why-panel]", { state: "detached" });
  expect(await page.evaluate(() => document.activeElement?.getAttribute("data-testid"))).toBe("why");
});

test("settings are changed and saved by the keyboard alone", async () => {
  await show(page, stage.address, { name: "administrator", scenario: "administrator" }, "light", "en");
  await page.keyboard.press("Control+4");
  await page.locator("[data-testid=admin-row]").first().focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.locator("[data-testid=skill-mandarin] input").first().waitFor({ state: "attached" });
  // The level is a group of radio buttons: arrows choose.
  await page.locator("[data-testid=skill-mandarin] input:checked").first().focus();
  await page.keyboard.press("ArrowRight");
  // An arrow on what adds a skill only walks the menu; Enter adds.
  await page.locator("[data-testid=ring] [data-testid=skill-add]").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector(".kit-menu");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  expect(await page.evaluate(() => fake.asked.some(({ type }) => type === "change_configuration"))).toBe(false);
  await page.keyboard.press("Enter");
  await expect.poll(() => page.locator("[data-testid=ring]").first().locator("li").count()).toBe(2);
  // What removes itself hands the focus on.
  await page.locator("[data-testid=ring]").last().getByRole("button", { name: "Remove ring" }).focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => page.locator("[data-testid=ring]").count()).toBe(1);
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe("BODY");
  await page.locator("[data-testid=save]").focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => page.locator("[data-testid=save-news]").innerText()).toContain("Saved");
});

test("customers are taken out of the line by the keyboard alone", async () => {
  await show(page, stage.address, { name: "administrator", scenario: "administrator" }, "light", "en");
  await page.keyboard.press("Control+5");
  await page.locator("[data-testid=line-row] input").first().focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await expect.poll(() => page.locator("[data-testid=line-row] input:checked").count()).toBe(2);
  await page.locator("[data-testid=line-remove]").focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector("[data-testid=line-remove-confirm]");
  expect(await page.evaluate(() => fake.asked.some(({ type }) => type === "remove_from_line"))).toBe(false);
  await page.locator("[data-testid=line-remove-confirm]").focus();
  await page.keyboard.press("Enter");
  // The first had been answered meanwhile.
  await expect.poll(() => page.locator("[data-testid=line] [role=status]").innerText()).toContain("1 taken out of the line; 1 had been");
});

test("where the form takes the list's place, the focus goes along and comes back", async () => {
  await page.setViewportSize({ width: 900, height: 600 });
  await show(page, stage.address, { name: "administrator", scenario: "administrator" }, "light", "en");
  await page.keyboard.press("Control+4");
  await page.locator("[data-testid=admin-row][data-key=billing]").focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe("Back to the list");
  expect(await page.locator("[data-testid=admin-row]").first().isVisible()).toBe(false);
  await page.keyboard.press("Enter");
  await expect.poll(() => page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset["key"])).toBe("billing");
  await page.setViewportSize({ width: 1024, height: 700 });
});

test("a ring is told to a screen reader in one sentence, and takes no focus", async () => {
  await show(page, stage.address, { name: "devices", scenario: "devices" }, "light", "en");
  await page.locator("[data-testid=devices-ringer] input[type=range]").focus();
  await page.evaluate(() => void fake.ring(0));
  await expect.poll(() => page.getByRole("alert").innerText()).toBe("Chen Yulan is calling Support.");
  expect(await page.evaluate(() => document.activeElement?.matches("input[type=range]"))).toBe(true);
});
