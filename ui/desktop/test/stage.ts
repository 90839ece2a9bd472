// The screens over the scripted bridge in a real Chromium: every state in which a person may meet them.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { build, preview } from "vite";
import type { Fake } from "../src/bridge/fake";

declare global {
  var fake: Fake;
}

/** A scripted state, and what is then opened on it. */
export type Sight = { name: string; scenario: string; act?: (page: Page) => Promise<unknown> };

const click = (id: string) => (page: Page) => page.click(`[data-testid=${id}]`);
const firstCustomer = (page: Page) => page.locator("[data-testid=customer-row]").first().click();

const inAdministration = (section: string, key?: string, act?: (page: Page) => Promise<unknown>) => async (page: Page) => {
  await page.click("[data-testid=rail-administration]");
  await page.click(`[data-testid=section-${section}]`);
  if (key !== undefined) await page.click(`[data-testid=admin-row][data-key="${key}"]`);
  await act?.(page);
};

async function sendFile(page: Page) {
  await page.setInputFiles("[data-testid=import-file]", { name: "kunden.csv", mimeType: "text/csv", buffer: Buffer.from("Kunde;Telefon\nAnna;112\n") });
  await page.waitForSelector("[data-testid=import-columns]");
}

/** The settings of the organisation: every section, what is wrong with them, and what asks before it is done. */
const administration: Sight[] = [
  { name: "queues", scenario: "administrator", act: inAdministration("queues") },
  { name: "queue", scenario: "administrator", act: inAdministration("queues", "support") },
  { name: "queue that contradicts itself", scenario: "administrator", act: inAdministration("queues", "support", async (page) => {
    await page.selectOption("[data-testid=when-full]", "sales");
    await page.fill("[data-testid=ring-after] >> nth=1", "20");
    await page.click("[data-testid=admin-row][data-key=sales]");
    await page.selectOption("[data-testid=overflow]", "support");
    await page.waitForSelector("[data-testid=save-bar] li");
  }) },
  { name: "new queue", scenario: "administrator", act: inAdministration("queues", undefined, (page) => page.click("[data-testid=admin-add]")) },
  { name: "person", scenario: "administrator", act: inAdministration("people", "wei", (page) => page.click("[data-testid=password-open]")) },
  { name: "person to be removed", scenario: "administrator", act: inAdministration("people", "noor", (page) => page.click("[data-testid=remove]")) },
  { name: "skill", scenario: "administrator", act: inAdministration("skills", "mandarin") },
  { name: "site", scenario: "administrator", act: inAdministration("sites", "suzhou") },
  { name: "hours", scenario: "administrator", act: inAdministration("schedules", "weekdays") },
  { name: "zones", scenario: "administrator", act: inAdministration("schedules", "suzhou", async (page) => {
    await page.fill("[data-testid=zone]", "lis");
    await page.waitForSelector(".combo-item");
  }) },
  { name: "rules", scenario: "administrator", act: inAdministration("rules") },
  { name: "imports", scenario: "administrator", act: inAdministration("imports", undefined, (page) => page.waitForSelector("[data-testid=import-row]")) },
  { name: "import being looked at", scenario: "administrator", act: inAdministration("imports", undefined, sendFile) },
  { name: "import that was checked", scenario: "administrator", act: inAdministration("imports", undefined, async (page) => {
    await sendFile(page);
    await page.click("[data-testid=import-check]");
    await page.waitForSelector("[data-testid=import-refused]");
  }) },
  { name: "import to be taken back", scenario: "administrator", act: inAdministration("imports", undefined, async (page) => {
    await page.locator("[data-testid=import-row]").last().click();
    await page.click("[data-testid=import-undo]");
  }) },
  { name: "hours that were read", scenario: "administrator", act: inAdministration("schedules", "weekdays", async (page) => {
    await page.fill("[data-testid=read-notation] input", "Mo-Fr 08:30-17:30");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[data-testid=read-news]");
  }) },
  { name: "past changes", scenario: "administrator", act: inAdministration("history", undefined, (page) => page.waitForSelector("[data-testid=past-change]")) },
  { name: "change that cannot be undone", scenario: "administrator", act: inAdministration("history", undefined, async (page) => {
    await page.click("[data-revision='38'] [data-testid=undo]");
    await page.click("[data-testid=undo-confirm]");
    await page.waitForSelector("[data-testid=undo-error]");
  }) },
  { name: "leaving without saving", scenario: "administrator", act: inAdministration("queues", "sales", async (page) => {
    await page.click("[data-testid=ring-add]");
    await page.click("[data-testid=rail-work]");
  }) },
];

/** Who waits, for a supervisor. */
const line: Sight[] = [
  { name: "waiting line", scenario: "administrator", act: async (page) => {
    await page.click("[data-testid=rail-line]");
    await page.waitForSelector("[data-testid=line-row]");
  } },
  { name: "taking out of the line", scenario: "administrator", act: async (page) => {
    await page.click("[data-testid=rail-line]");
    await page.selectOption("[data-testid=line-address]", "203.0.113.7");
    await page.click("[data-testid=line-all]");
    await page.click("[data-testid=line-remove]");
    await page.waitForSelector("[data-testid=line-remove-confirm]");
  } },
  { name: "nobody waits", scenario: "administrator", act: async (page) => {
    await page.click("[data-testid=rail-line]");
    await page.selectOption("[data-testid=line-queue]", "business");
    await page.waitForSelector("[data-testid=line-row]", { state: "detached" });
  } },
];

/** Every scenario as it is, and what can be opened above it. */
export function sights(scenarios: readonly string[]): Sight[] {
  return [
    ...scenarios.map((scenario) => ({ name: scenario, scenario })),
    { name: "settings", scenario: "ready-empty", act: click("rail-settings") },
    { name: "changing one's password", scenario: "ready-empty", act: async (page) => {
      await page.click("[data-testid=rail-settings]");
      await page.click("[data-testid=password-open]");
      await page.fill("[data-testid=password-old]", "warmline-demo");
      await page.fill("[data-testid=password-first]", "password1");
      await page.fill("[data-testid=password-second]", "password1");
      await page.click("[data-testid=password-change]");
      await page.waitForSelector("[aria-invalid=true]");
    } },
    { name: "palette", scenario: "talking", act: click("rail-palette") },
    { name: "transfer", scenario: "talking", act: async (page) => {
      await click("transfer-open")(page);
      await page.click("[data-testid=transfer-target-noor]");
    } },
    { name: "why this agent", scenario: "talking", act: async (page) => {
      await click("why")(page);
      await page.locator("[data-testid=why-group] summary").first().click();
    } },
    { name: "record being edited", scenario: "customers", act: async (page) => {
      await firstCustomer(page);
      await click("record-edit")(page);
    } },
    { name: "new customer who may be there", scenario: "customers", act: async (page) => {
      await click("customer-new")(page);
      await page.fill("[data-testid=customer-form] input >> nth=0", "Chen Yulan");
      await page.waitForSelector("[data-testid=alike]");
    } },
    { name: "keypad", scenario: "talking", act: click("call-digits") },
    { name: "why it sounds poor", scenario: "poor", act: click("call-quality") },
    { name: "state menu", scenario: "talking", act: click("state-button") },
    { name: "ring beside the devices", scenario: "devices", act: (page) => page.evaluate(() => void fake.ring(3)) },
    { name: "notices", scenario: "talking", act: (page) => page.evaluate(() => {
      fake.emit({ type: "notice", notice: { type: "device_lost", kind: "microphone", was: "Headset", now: null } });
      fake.emit({ type: "notice", notice: { type: "offer_missed", customer_name: "Chen Yulan" } });
      fake.emit({ type: "notice", notice: { type: "limit_bit", limit: "calls_of_address" } });
    }) },
    { name: "the program's end in a conversation", scenario: "talking", act: async (page) => {
      await page.evaluate(() => fake.emit({ type: "ending", deadline: null }));
      await page.waitForSelector("[data-testid=ending]");
    } },
    { name: "the session's end in a conversation without a server", scenario: "offline", act: async (page) => {
      await page.evaluate(() => fake.emit({ type: "ending", deadline: Date.now() + 9_500 }));
      await page.waitForSelector("[data-testid=ending]");
    } },
    { name: "nobody found", scenario: "customers", act: async (page) => {
      await page.fill("[data-testid=customer-search]", "nobody by this name");
      await page.waitForSelector("[data-testid=customer-row]", { state: "detached" });
    } },
    ...administration,
    ...line,
    { name: "customer", scenario: "customers", act: async (page) => {
      await firstCustomer(page);
      await page.locator("[data-testid=timeline-row] button").first().click();
    } },
  ];
}

/** The screens built with the scripted bridge and served from a folder of their own, with a browser to look at them. */
export async function openStage(): Promise<{ browser: Browser; address: string; close: () => Promise<void> }> {
  const dist = await mkdtemp(join(tmpdir(), "warmline-screens-"));
  const root = resolve(import.meta.dirname, "..");
  const quiet = { root, mode: "fake", logLevel: "error" as const, build: { outDir: dist } };
  await build(quiet);
  const server = await preview({ ...quiet, preview: { port: 0, strictPort: false, host: "127.0.0.1" } });
  const address = server.resolvedUrls?.local[0] ?? "";
  const browser = await chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"],
  });
  return {
    browser, address,
    close: async () => {
      await browser.close();
      await server.close();
      await rm(dist, { recursive: true, force: true });
    },
  };
}

/** Shows `sight`; nothing moves, so that what is seen is what stays. */
export async function show(page: Page, address: string, sight: Sight, theme: string, language: string): Promise<void> {
  await page.goto(`${address}?fake=${sight.scenario}&theme=${theme}&language=${language}`);
  await page.waitForSelector(`html[data-theme=${theme}] [data-screen]`);
  // The side follows the ring by a frame, and places are gone to after the first picture.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)))));
  await sight.act?.(page);
  await page.evaluate(() => Promise.all(document.getAnimations().filter((one) => one.effect?.getTiming().iterations === 1).map((one) => one.finished.catch(() => null))));
}
