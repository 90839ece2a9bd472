// The launcher on other people's sites: page changes, policies, styles and dialogs of theirs, and a frame that fails.

import type { CustomerStage } from "@warmline/protocol";
import type { Browser, BrowserContext, Frame, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildPage, launch } from "./browser";
import { Host, SCRIPT, type HostPage } from "./host";
import { Stand } from "./stand";

const id = (testid: string): string => `[data-testid="${testid}"]`;
const KNOB = "warmline-call button.knob";

let built: Awaited<ReturnType<typeof buildPage>>;
let browser: Browser;
let stand: Stand;
let host: Host;
const open: { close: () => Promise<void> }[] = [];

beforeAll(async () => {
  built = await buildPage();
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await built?.remove();
});
beforeEach(async () => {
  stand = await Stand.open(built.dist);
  host = await Host.open(() => stand.address);
  serve();
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  await host.close();
  await stand.close();
});

const WAITING: CustomerStage = {
  type: "waiting", interaction: 7, since: Date.now(), position: 2, expected_wait_ms: 80_000, is_ringing: false, passed_on: null,
  waits: { type: "on_the_line", can_keep_place: true },
};

/** A server that knows one visitor by the token that it gave: whoever comes with it is where they were. */
function serve(): void {
  const idle = stand.view;
  stand.onHello = (who) => {
    const isKnown = who.type === "customer" && who.visitor === "visitor-1";
    if (!isKnown) stand.view = { ...idle, stage: { type: "idle" } };
  };
  stand.onCommand = (frame) => {
    stand.send({ type: "ack", id: frame.id });
    if (frame.command.type === "call") stand.stage(WAITING);
  };
}

async function visit(page: HostPage | Record<string, HostPage>, from: Browser = browser, size = { width: 1000, height: 760 }): Promise<{ page: Page; errors: string[]; context: BrowserContext }> {
  const isOne = "head" in page || "body" in page || "headers" in page;
  const pages = isOne ? { "/": page as HostPage } : (page as Record<string, HostPage>);
  for (const [path, one] of Object.entries(pages)) host.pages.set(path, one);
  const context = await from.newContext({ viewport: size, locale: "en-GB" });
  open.push(context);
  const tab = await context.newPage();
  const errors: string[] = [];
  tab.on("pageerror", (error) => errors.push(String(error)));
  tab.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await tab.goto(`${host.address}/`);
  return { page: tab, errors, context };
}

/** The frame with our page, once it is there. */
async function frameOf(page: Page): Promise<Frame> {
  const element = await page.waitForSelector("warmline-call iframe", { state: "attached" });
  const frame = await element.contentFrame();
  if (frame === null) throw new Error("no frame");
  return frame;
}

async function opened(page: Page): Promise<Frame> {
  await page.click(KNOB);
  const frame = await frameOf(page);
  await frame.waitForSelector('[data-stage="idle"]');
  return frame;
}

async function waits(page: Page): Promise<Frame> {
  const frame = await opened(page);
  await frame.click(id("call"));
  await frame.waitForSelector('[data-stage="waiting"]');
  return frame;
}

/** What the launcher says when the page does not come up. */
async function failure(page: Page): Promise<string> {
  const note = await page.waitForSelector('warmline-call dialog[data-state="failed"] .note', { timeout: 20_000 });
  return note.innerText();
}

describe("a call survives", () => {
  test("a whole page change, also where the browser forbids a frame its storage", async () => {
    const strict = await launch([], ["--test-third-party-cookie-phaseout"]);
    open.push(strict);
    const { page } = await visit({ "/": { body: SCRIPT }, "/other": { body: `<h2>Other</h2>${SCRIPT}` } }, strict);
    const frame = await waits(page);
    const isForbidden = await frame.evaluate(() => {
      try {
        return window.localStorage.length < 0;
      } catch {
        return true;
      }
    });
    expect(isForbidden, "the browser really forbids it").toBe(true);
    await page.goto(`${host.address}/other`);
    await (await frameOf(page)).waitForSelector('[data-stage="waiting"]');
    expect(await page.textContent("h2")).toBe("Other");
  });

  test("with all cookies forbidden by a pass that the site keeps, which is good for that site only and goes with the call", async () => {
    const { page } = await visit({ "/": { body: SCRIPT }, "/other": { body: SCRIPT } });
    // As browsers do it that have no partitioned cookies: everything that a frame could keep throws.
    await page.addInitScript(() => {
      if (window.parent === window) return;
      const forbid = { get: () => { throw new DOMException("no", "SecurityError"); } };
      for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, forbid);
      Object.defineProperty(Document.prototype, "cookie", { get: () => "", set: () => undefined });
    });
    await page.reload();
    const frame = await waits(page);
    const hellos = (): (string | null)[] => stand.frames.flatMap((one) => (one.type === "hello" && one.who.type === "customer" ? [one.who.site, one.who.visitor] : []));
    expect(hellos()).toEqual([host.address, null]);
    const kept = (): Promise<string[]> => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("warmline.pass")).map((key) => localStorage.getItem(key) ?? ""));
    expect(await kept()).toEqual(["visitor-1"]);
    await page.goto(`${host.address}/other`);
    await (await frameOf(page)).waitForSelector('[data-stage="waiting"]');
    expect(hellos().slice(2)).toEqual([host.address, "visitor-1"]);
    stand.stage({ type: "idle" });
    await expect.poll(kept).toEqual([]);
    expect(frame.isDetached()).toBe(true);
  });

  test("a body that is swapped, without a break, with the script in the head and run again", async () => {
    const { page, errors } = await visit({ head: SCRIPT });
    const frame = await waits(page);
    const began = await frame.evaluate(() => performance.timeOrigin);
    await page.evaluate((script) => {
      // As Turbo does: a new body for the old one, and its scripts made anew.
      const body = document.createElement("body");
      body.innerHTML = "<h1>Next</h1>";
      const again = document.createElement("script");
      again.src = script;
      Object.assign(again.dataset, { organisation: "demo", queue: "support" });
      body.append(again);
      document.documentElement.replaceChild(body, document.body);
      return new Promise((resolve) => {
        again.onload = resolve;
      });
    }, `${stand.address}/embed.js`);
    expect(await frame.evaluate(() => performance.timeOrigin)).toBe(began);
    expect(await page.locator("warmline-call").count()).toBe(1);
    await frame.click(id("minimise"));
    await page.evaluate(() => Reflect.get(window, "Warmline").open());
    await frame.waitForSelector(id("position"), { state: "visible" });
    expect(errors).toEqual([]);
  });

  test("a document whose whole content is replaced", async () => {
    const { page } = await visit({ body: SCRIPT });
    await waits(page);
    await page.evaluate(() => {
      document.documentElement.innerHTML = "<head><title>Next</title></head><body><h1>Next</h1></body>";
    });
    await (await frameOf(page)).waitForSelector('[data-stage="waiting"]');
  });

  test("a page change with the panel folded: it stays folded, and the button tells the place", async () => {
    const { page } = await visit({ "/": { body: SCRIPT }, "/other": { body: SCRIPT } }, browser, { width: 360, height: 740 });
    await (await waits(page)).click(id("minimise"));
    await page.goto(`${host.address}/other`);
    await page.waitForSelector("warmline-call button.knob[data-live]");
    expect(await page.textContent(KNOB)).toBe("2nd · in line");
    expect(await page.isVisible("warmline-call dialog")).toBe(false);
  });
});

describe("a frame that fails says why, can be closed, and comes back", () => {
  test("where the server does not let the site frame it", async () => {
    stand.framingAllowedFrom = "'none'";
    stand.check = { ...stand.check, is_framing_allowed: false };
    const { page, errors } = await visit({ body: SCRIPT });
    await page.click(KNOB);
    expect(await failure(page)).toContain("It works in a tab of its own");
    expect(errors.join("\n")).toContain(`add "${host.address}" to customer.framing_allowed_from`);
    const tab = page.waitForEvent("popup");
    await page.click("warmline-call .note a.main");
    await (await tab).waitForSelector('[data-stage="idle"]');
    await page.click("warmline-call button.close");
    expect(await page.isVisible(KNOB)).toBe(true);
  });

  test("where the queue is wrong", async () => {
    stand.framingAllowedFrom = "'none'";
    stand.check = { ...stand.check, page: "unknown" };
    const { page, errors } = await visit({ body: SCRIPT.replace("support", "suport") });
    await page.click(KNOB);
    expect(await failure(page)).toContain("Nobody can be called here");
    expect(errors.join("\n")).toContain('has no queue "suport" of an organisation "demo"');
  });

  test("where the site's own policy has no room for it", async () => {
    const policy = { "content-security-policy": "default-src 'self'; script-src SERVER; connect-src SERVER; style-src 'none'" };
    const { page, errors } = await visit({ body: SCRIPT, headers: policy });
    await page.click(KNOB);
    expect(await failure(page)).toContain("It works in a tab of its own");
    expect(errors.join("\n")).toMatch(/Warmline: this site's content policy forbids the frame: add http:\/\/127.0.0.1:\d+ to its frame-src/);
  });

  test("where the server is stopped, and it is there again by itself", async () => {
    const { page } = await visit({ body: `${SCRIPT.replace("data-queue", 'data-phone="+44 20 7946 0958" data-queue')}` }, browser, { width: 360, height: 740 });
    await page.waitForSelector(KNOB);
    await page.route(`${stand.address}/c/**`, (route) => route.abort());
    await page.click(KNOB);
    expect(await failure(page)).toContain("We keep trying");
    expect(await page.getAttribute('warmline-call .note a[href^="tel:"]', "href")).toBe("tel:+442079460958");
    await page.keyboard.press("Tab");
    await page.unroute(`${stand.address}/c/**`);
    // Made anew, so not yet there: the locator waits for whichever is.
    await page.frameLocator("warmline-call iframe").locator('[data-stage="idle"]').waitFor({ timeout: 20_000 });
  });
});

describe("a site's policies", () => {
  test.each([
    ["trusted types are required", { "content-security-policy": "require-trusted-types-for 'script'; trusted-types 'none'" }],
    ["the site is isolated by require-corp", { "cross-origin-embedder-policy": "require-corp", "cross-origin-opener-policy": "same-origin" }],
    ["the site is isolated by credentialless", { "cross-origin-embedder-policy": "credentialless", "cross-origin-opener-policy": "same-origin" }],
    ["nothing but the server is allowed", { "content-security-policy": "default-src 'none'; script-src SERVER; frame-src SERVER; img-src data:" }],
  ])("it works where %s", async (_name, headers) => {
    const { page, errors } = await visit({ body: SCRIPT, headers });
    await waits(page);
    expect(errors).toEqual([]);
  });

  test("a microphone that the site's policy forbids is known for that, and the own tab is offered with what was typed", async () => {
    const { page } = await visit({ body: SCRIPT, headers: { "permissions-policy": "microphone=()" } });
    const frame = await opened(page);
    await frame.fill(id("topic"), "Router");
    await frame.click(id("call"));
    await frame.waitForSelector(`${id("error")}[data-problem="microphone_forbidden"]`);
    const tab = page.waitForEvent("popup");
    await frame.click(id("own-tab"));
    const own = await tab;
    await own.waitForSelector('[data-stage="idle"]');
    expect([await own.inputValue(id("topic")), new URL(own.url()).hash]).toEqual(["Router", ""]);
  });
});

describe("a site's habits", () => {
  test("keys that belong to an input method do not fold the panel, the same key alone does", async () => {
    const { page, context } = await visit({ body: SCRIPT });
    const frame = await opened(page);
    await frame.focus(id("topic"));
    const session = await context.newCDPSession(page);
    await frame.evaluate(() => {
      // Chromium sends what a system's input method would; the page sees the same events.
      const type = (init: KeyboardEventInit): boolean => document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true, ...init })) ?? false;
      type({ isComposing: true });
      const late = new KeyboardEvent("keydown", { key: "Escape", bubbles: true });
      Object.defineProperty(late, "keyCode", { value: 229 });
      document.activeElement?.dispatchEvent(late);
    });
    await session.send("Input.imeSetComposition", { text: "路由", selectionStart: 2, selectionEnd: 2 });
    await page.keyboard.press("Escape");
    expect(await page.isVisible("warmline-call dialog")).toBe(true);
    await frame.evaluate(() => (document.activeElement as HTMLElement).blur());
    await frame.focus(id("call"));
    await page.keyboard.press("Escape");
    await page.waitForSelector(KNOB, { state: "visible" });
  });

  test.each([
    ["a module", `<script type="module" src="SERVER/embed.js?organisation=demo&queue=support"></script>`],
    ["an import", `<script>import("SERVER/embed.js?organisation=demo&queue=support")</script>`],
    ["a script without attributes", `<script src="SERVER/embed.js?organisation=demo&queue=support" async></script>`],
    ["settings before the script", `<script>window.Warmline = { settings: { organisation: "demo", queue: "support" } }</script><script src="SERVER/embed.js" async></script>`],
    ["settings after it", `<script src="SERVER/embed.js"></script><script>Warmline.configure({ organisation: "demo", queue: "support", label: "Ring us" })</script>`],
  ])("it is started by %s", async (name, body) => {
    const { page, errors } = await visit({ body });
    await opened(page);
    if (name === "settings after it") expect(await page.textContent(KNOB)).toBe("Ring us");
    expect(errors).toEqual([]);
  });

  test("a script without settings says what it needs", async () => {
    const { page, errors } = await visit({ body: `<script src="SERVER/embed.js"></script>` });
    await page.waitForFunction(() => "Warmline" in window);
    await expect.poll(() => errors.join("\n")).toContain("the launcher needs organisation and queue");
  });

  test("its styles do not reach the button, whatever they say, nor does an element of the same name", async () => {
    const { page, errors } = await visit({
      head: `<style>* { display: none !important; position: static !important; opacity: 0 !important } html, body { display: block !important; opacity: 1 !important }
        html { transform: rotate(3deg) } body { transform: translateX(900px); overflow: hidden } warmline-call, warmline-call * { visibility: hidden !important; width: 1px !important }</style>`,
      body: `<div id="warmline"></div><div id="Warmline"></div>${SCRIPT}`,
    });
    const box = await page.locator(KNOB).boundingBox();
    expect(box?.width).toBeGreaterThan(80);
    expect([(box?.x ?? 0) + (box?.width ?? 0), (box?.y ?? 0) + (box?.height ?? 0)]).toEqual([980, 740]);
    await opened(page);
    expect(errors).toEqual([]);
  });

  test("above its modal dialog there is the button, the dialog is the first, and the call goes on in one piece", async () => {
    const { page } = await visit({ body: `<dialog><button id="inside">Inside</button></dialog>${SCRIPT}` });
    const frame = await waits(page);
    const began = await frame.evaluate(() => performance.timeOrigin);
    await page.evaluate(() => document.querySelector("dialog")?.showModal());
    await page.click("#inside");
    const twin = page.locator("dialog:modal warmline-call button.knob");
    expect(await twin.textContent()).toBe("2nd · in line");
    await twin.click();
    await frame.click(id("minimise"));
    await page.click("#inside");
    await twin.click();
    await page.evaluate(() => document.querySelector("dialog")?.close());
    await frame.click(id("music"));
    expect(await frame.evaluate(() => performance.timeOrigin)).toBe(began);
    await frame.click(id("minimise"));
    await page.click(KNOB);
    expect(await page.locator("warmline-call").count()).toBe(1);
  });

  test("the page works under a path of the server's", async () => {
    stand.base = "/calls";
    const { page, errors } = await visit({ body: SCRIPT });
    await waits(page);
    expect(errors).toEqual([]);
  });
});
