import type { ClientFrame, CustomerStage, Waits } from "@warmline/protocol";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { AgentMedia, buildPage, growsBeyond, inStage, launch, packetsHeard, visit } from "./browser";
import { Stand } from "./stand";

const HOST = `<!doctype html><html lang="zh-TW"><title>Shop</title><h1>Shop</h1><button id="before">Before</button>
<script src="/embed.js" data-organisation="demo" data-queue="support" data-accent="#1b3a6b" async></script></html>`;
const id = (testid: string): string => `[data-testid="${testid}"]`;

let built: Awaited<ReturnType<typeof buildPage>>;
let browser: Browser;
let stand: Stand;
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
  stand = await Stand.open(built.dist, HOST);
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  await stand.close();
});

async function come(...[options, path]: [Parameters<typeof visit>[2]?, string?]): Promise<{ page: Page; errors: string[] }> {
  const { page, context, errors } = await visit(browser, stand, options, path);
  open.push(context);
  return { page, errors };
}

function waiting(more: Partial<CustomerStage & { type: "waiting" }> = {}): CustomerStage {
  return { type: "waiting", interaction: 7, since: Date.now(), position: 2, expected_wait_ms: 80_000, is_ringing: false, passed_on: null, waits: { type: "on_the_line", can_keep_place: true }, ...more };
}

function kept(more: Partial<Waits & { type: "for_callback" }> = {}): CustomerStage {
  return waiting({ waits: { type: "for_callback", keeps_ms: 7_200_000, tries: 0, tries_left: 3, rests_until: null, ...more } });
}

function called(): CustomerStage {
  const since = Date.now();
  return { type: "called_back", interaction: 7, since, deadline: since + 30_000, agent_name: "Anna Marsh" };
}

function talking(more: Partial<CustomerStage & { type: "talking" }> = {}): CustomerStage {
  const since = Date.now();
  return { type: "talking", interaction: 7, since, agent: 1, agent_name: "Anna Marsh", with_name: null, is_held: false, is_agent_connected: true, recording: null, ...more };
}

const ENDED: CustomerStage & { type: "ended" } = { type: "ended", interaction: 7, talked_ms: 65_000, can_rate: true, is_callback_missed: false, is_removed: false, broken_off: null };

type Command = ClientFrame & { type: "customer" };
function commands(type: Command["command"]["type"]): (frame: ClientFrame) => frame is Command {
  return (frame): frame is Command => frame.type === "customer" && frame.command.type === type;
}

function signals(type: string): (frame: ClientFrame) => frame is ClientFrame & { type: "signal" } {
  return (frame): frame is ClientFrame & { type: "signal" } => frame.type === "signal" && frame.signal.type === type;
}

const hello = (frame: ClientFrame): frame is ClientFrame & { type: "hello" } => frame.type === "hello";

/** A server that puts every call into the queue and ends it on hang-up. */
function serve(): void {
  stand.onCommand = (frame) => {
    stand.send({ type: "ack", id: frame.id });
    if (frame.command.type === "call") stand.stage(waiting());
    if (frame.command.type === "hang_up") stand.stage({ ...ENDED, talked_ms: null, can_rate: false });
  };
}

/** The agent's side of the media, answering to the page's signals. */
async function agent(): Promise<AgentMedia> {
  const media = await AgentMedia.open(browser, stand);
  stand.onSignal = (signal) => {
    if (signal.type === "answer") void media.answer(signal.sdp);
    if (signal.type === "candidate" && signal.candidate !== "") {
      void media.candidate({ candidate: signal.candidate, sdpMid: signal.sdp_mid, sdpMLineIndex: signal.sdp_m_line_index });
    }
  };
  return media;
}

function offer(media: number, sdp: string): void {
  stand.send({ type: "signal", interaction: 7, from: { type: "agent", agent: 1 }, signal: { type: "offer", media, sdp } });
}

test("a customer calls, waits in words, leaves, and may call again", async () => {
  serve();
  const { page, errors } = await come();
  await inStage(page, "idle");
  expect(await page.textContent("main")).toContain("your browser asks to use it");
  await page.fill(id("name"), "Chen Yulan");
  await page.fill(id("topic"), "Router");
  await page.click(id("call"));
  await inStage(page, "waiting");
  expect(await page.textContent(id("position"))).toBe("2nd");
  expect(await page.textContent(id("expected-wait"))).toBe("about 1 min 20 s");
  const { command } = await stand.heard(commands("call"));
  expect(command).toMatchObject({ caller: { name: "Chen Yulan", phone: null, topic: "Router", language: "en-GB" } });
  await page.waitForSelector(`${id("microphone")}[data-state="ready"]`);
  stand.stage(waiting({ position: 1, expected_wait_ms: null }));
  await page.waitForFunction(() => document.querySelector("[aria-live]")?.textContent === "You are 1st in line.");
  await page.click(id("cancel"));
  await inStage(page, "ended");
  await page.click(id("call-again"));
  await inStage(page, "idle");
  expect([await page.inputValue(id("name")), await page.inputValue(id("topic"))]).toEqual(["Chen Yulan", ""]);
  expect(errors).toEqual([]);
});

describe("in conversation", () => {
  /** Both sides hear each other. */
  async function connected(): Promise<{ page: Page; media: AgentMedia }> {
    serve();
    const media = await agent();
    const { page } = await come();
    await inStage(page, "idle");
    await page.click(id("call"));
    await inStage(page, "waiting");
    await page.waitForSelector(`${id("microphone")}[data-state="ready"]`);
    const sdp = await media.offer();
    stand.stage(talking());
    offer(1, sdp);
    await growsBeyond(20, () => packetsHeard(page));
    await growsBeyond(0.001, () => media.energy());
    return { page, media };
  }

  test("both hear each other; muted and on hold the agent hears nothing", async () => {
    const { page, media } = await connected();
    await page.waitForFunction(() => document.querySelector('[data-testid="quality"]')?.textContent === "Clear");
    await page.waitForFunction(() => Number(document.querySelector('[role="meter"]')?.getAttribute("aria-valuenow")) > 30);
    await page.click(id("mute"));
    await page.waitForSelector(`${id("mute")}[aria-pressed="true"]`);
    await silent(page, media);
    await page.click(id("mute"));
    await growsBeyond((await media.energy()) + 0.001, () => media.energy());
    stand.stage(talking({ is_held: true }));
    await page.waitForSelector(`${id("held-banner")}:not([hidden])`);
    await silent(page, media);
    stand.stage(talking({ is_agent_connected: false }));
    await page.waitForSelector(`${id("agent-away-banner")}:not([hidden])`);
    expect(await page.isHidden(id("held-banner"))).toBe(true);
    stand.stage(ENDED);
    await inStage(page, "ended");
    expect(await page.textContent("main")).toContain("1:05");
    await page.click(id("rate-4"));
    expect(await stand.heard(commands("rate"))).toMatchObject({ command: { interaction: 7, stars: 4 } });
    await page.waitForSelector(`${id("rated")}:not([hidden])`);
  });

  test("a killed server does not interrupt the speech, and the page is back by itself", async () => {
    const { page, media } = await connected();
    const from = stand.frames.length;
    stand.kill();
    await page.waitForSelector(`${id("link-banner")}:not([hidden])`);
    const before = await packetsHeard(page);
    await growsBeyond(before + 20, () => packetsHeard(page));
    await growsBeyond((await media.energy()) + 0.001, () => media.energy());
    stand.revive();
    await stand.heard(hello, from);
    await page.waitForSelector(`${id("link-banner")}[hidden]`, { state: "attached" });
    expect(stand.frames.slice(from).filter(signals("offer_wanted"))).toEqual([]);
  });

  test("a reload keeps the call: the same visitor asks for an offer and is heard again", async () => {
    const { page, media } = await connected();
    const from = stand.frames.length;
    await page.reload();
    await inStage(page, "talking");
    expect((await stand.heard(hello, from)).who).toMatchObject({ visitor: "visitor-1" });
    await stand.heard(signals("offer_wanted"), from);
    offer(2, await media.offer());
    await growsBeyond(20, () => packetsHeard(page));
    await growsBeyond(0.001, () => media.energy());
  });

  test("a restart on the same number keeps the connection, a lower number is not answered", async () => {
    const { page, media } = await connected();
    const from = stand.frames.length;
    offer(0, "late");
    offer(1, await media.offer(true));
    const { signal } = await stand.heard(signals("answer"), from);
    expect(signal).toMatchObject({ media: 1 });
    const before = await packetsHeard(page);
    await growsBeyond(before + 20, () => packetsHeard(page));
    expect(await page.evaluate(() => (window as unknown as { peers: unknown[] }).peers.length)).toBe(1);
  });

  /** Packets go on, but whatever they carry is silence. */
  async function silent(page: Page, media: AgentMedia): Promise<void> {
    // What was on its way when the microphone closed may still arrive.
    const settled = await packetsHeard(page);
    await growsBeyond(settled + 25, () => packetsHeard(page));
    const before = await media.energy();
    const heard = await packetsHeard(page);
    await growsBeyond(heard + 60, () => packetsHeard(page));
    expect((await media.energy()) - before).toBeLessThan(0.000_1);
  }
});

test("a reload keeps the place in the queue and what was typed", async () => {
  serve();
  const { page } = await come();
  await inStage(page, "idle");
  await page.fill(id("topic"), "Router");
  await page.click(id("call"));
  await inStage(page, "waiting");
  const from = stand.frames.length;
  await page.reload();
  await inStage(page, "waiting");
  expect((await stand.heard(hello, from)).who).toMatchObject({ visitor: "visitor-1" });
  expect(await page.textContent(id("topic-sent"))).toBe("Router");
  await page.waitForSelector(`${id("microphone")}[data-state="ready"]`);
  expect(stand.frames.slice(from).filter(commands("call"))).toEqual([]);
});

test("a server that cannot be reached is said in words, and found again without a click", async () => {
  stand.isAccepting = false;
  const { page } = await come();
  await page.fill(id("name"), "Chen");
  await inStage(page, "error");
  expect(await page.getAttribute(id("error"), "data-problem")).toBe("unreachable");
  stand.revive();
  await inStage(page, "idle");
  expect(await page.inputValue(id("name"))).toBe("Chen");
});

test.each([
  ["queue_closed", "desk-closed", "We are closed at the moment"],
  ["queue_full", "desk-full", "All places in line are taken"],
] as const)("a call refused with %s says so above the form, which keeps what was typed", async (code, notice, title) => {
  stand.onCommand = (frame) => stand.send({ type: "refused", id: frame.id, code, hint: "", retry_after_ms: null });
  const { page } = await come();
  await inStage(page, "idle");
  await page.fill(id("topic"), "Router");
  await page.click(id("call"));
  await page.waitForSelector(id(notice));
  expect(await page.textContent(id(notice))).toContain(title);
  expect([await page.getAttribute("[data-stage]", "data-stage"), await page.inputValue(id("topic"))]).toEqual(["idle", "Router"]);
});

test("a call that a limit refuses says when to come again, in people's words, and keeps what was typed", async () => {
  stand.onCommand = (frame) => stand.send({ type: "refused", id: frame.id, code: "too_many_calls", hint: "", retry_after_ms: 180_000 });
  const { page } = await come();
  await inStage(page, "idle");
  await page.fill(id("topic"), "Router");
  await page.click(id("call"));
  await inStage(page, "error");
  expect(await page.textContent(id("error"))).toContain("Too many calls");
  expect(await page.textContent(id("retry-after"))).toBe("It works again in about 3 min.");
  await page.click(id("error-action"));
  await inStage(page, "idle");
  expect(await page.inputValue(id("topic"))).toBe("Router");
});

test("closed is told before the call with the opening hours, full with the usual wait, and opening by itself", async () => {
  stand.view = { ...stand.view, desk: { is_closed: true, is_full: false, opening: "Mon–Fri 9–18", opens_at: null, expected_wait_ms: null } };
  const { page } = await come();
  await page.waitForSelector(id("desk-closed"));
  expect(await page.textContent(id("desk-closed"))).toContain("Mon–Fri 9–18");
  expect(await page.isDisabled(id("call"))).toBe(true);
  await page.fill(id("topic"), "Router");
  stand.desk({ is_closed: true, is_full: false, opening: null, opens_at: Date.UTC(2026, 10, 23, 9), expected_wait_ms: null });
  await page.waitForFunction((notice) => document.querySelector(notice)?.textContent.includes("We are here again Monday"), id("desk-closed"));
  stand.desk({ is_closed: false, is_full: true, opening: null, opens_at: null, expected_wait_ms: 1_500_000 });
  await page.waitForSelector(id("desk-full"));
  expect(await page.textContent(id("desk-full"))).toContain("about 25 min");
  stand.desk({ is_closed: false, is_full: false, opening: null, opens_at: null, expected_wait_ms: null });
  await page.waitForSelector(id("desk-full"), { state: "detached" });
  expect([await page.isEnabled(id("call")), await page.inputValue(id("topic"))]).toEqual([true, "Router"]);
});

test("an address without a queue, and one nobody serves, explain themselves", async () => {
  const { page } = await come({}, "/c/demo/SUPPORT");
  await inStage(page, "error");
  expect(await page.getAttribute(id("error"), "data-problem")).toBe("bad_address");
  stand.insteadOfWelcome = { type: "refused", id: null, code: "unknown_queue", hint: "", retry_after_ms: null };
  await page.goto(`${stand.address}/c/demo/nobody`);
  await page.waitForSelector(`${id("error")}[data-problem="unknown_queue"]`);
});

test("a refused microphone is explained before any call is made; who will may call and listen", async () => {
  serve();
  // Without the flag that says yes to everything, headless Chromium refuses.
  const strict = await launch(["--use-fake-ui-for-media-stream"]);
  open.push(strict);
  const { page } = await visit(strict, stand);
  await inStage(page, "idle");
  await page.click(id("call"));
  await page.waitForSelector(`${id("error")}[data-problem="microphone_refused"]`);
  expect(stand.frames.filter(commands("call"))).toEqual([]);
  await page.click(id("listen-only"));
  await inStage(page, "waiting");
  expect(await page.textContent(id("error"))).toContain("The microphone is not allowed");
});

test("the whole way can be gone with the keyboard, and the focus lands on what is new", async () => {
  serve();
  const { page } = await come();
  await inStage(page, "idle");
  await page.focus(id("topic"));
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("data-testid"))).toBe("call");
  await page.keyboard.press("Enter");
  await inStage(page, "waiting");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("data-testid"))).toBe("position");
});

test("the language can be changed, also mid-way, and is remembered", async () => {
  serve();
  const { page } = await come({ locale: "zh-TW" });
  await inStage(page, "idle");
  expect(await page.textContent(id("call"))).toBe("立即撥打");
  await page.selectOption(id("language"), "zh-Hans");
  expect([await page.textContent(id("call")), await page.getAttribute("html", "lang")]).toEqual(["立即呼叫", "zh-Hans"]);
  await page.reload();
  await inStage(page, "idle");
  expect(await page.textContent(id("call"))).toBe("立即呼叫");
});

test("the launcher opens the page, folds it away without ending the call, and says how it stands", async () => {
  serve();
  const { page, errors } = await come({ viewport: { width: 900, height: 700 } }, "/host?secret=1");
  const launcher = page.locator("warmline-call button.knob");
  await launcher.waitFor();
  expect(await launcher.textContent()).toBe("與我們通話");
  await launcher.click();
  const frame = page.frameLocator("warmline-call iframe");
  await frame.locator(id("call")).click();
  await frame.locator('[data-stage="waiting"]').waitFor();
  const { command } = await stand.heard(commands("call"));
  expect(command).toMatchObject({ caller: { page: `${stand.address}/host` } });
  await frame.locator(id("minimise")).click();
  await page.locator('warmline-call button[data-live]').waitFor();
  expect(await launcher.textContent()).toBe("第 2 位 · 等候中");
  expect(await page.evaluate(() => document.activeElement?.localName)).toBe("warmline-call");
  // Another page of the same site: the waiting customer is still there, and the panel as it was.
  await page.reload();
  await page.locator('warmline-call button[data-live]').waitFor();
  await launcher.click();
  await frame.locator('[data-stage="waiting"]').waitFor();
  expect(errors).toEqual([]);
});

describe("accessibility", () => {
  const stages: readonly (readonly [string, () => CustomerStage])[] = [
    ["idle", () => ({ type: "idle" })],
    ["waiting", () => waiting()],
    ["kept", () => kept()],
    ["kept", () => kept({ tries: 1, tries_left: 2, rests_until: Date.now() + 90_000 })],
    ["called_back", () => called()],
    ["talking", () => talking({ is_held: true, is_agent_connected: false })],
    ["ended", () => ENDED],
  ];
  test.each(["light", "dark"] as const)("every stage passes in %s", async (colorScheme) => {
    const { page } = await come({ colorScheme, reducedMotion: "reduce" });
    await inStage(page, "idle");
    await page.evaluate(axe.source);
    for (const [name, stage] of stages) {
      stand.stage(stage());
      await inStage(page, name);
      expect(await violations(page), `${name} in ${colorScheme}`).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `${name} fits`).toBeLessThanOrEqual(360);
    }
    stand.send({ type: "goodbye", code: "signed_in_elsewhere", hint: "", retry_after_ms: null });
    await inStage(page, "error");
    expect(await violations(page), `error in ${colorScheme}`).toEqual([]);
  });

  interface Axe {
    run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
  }

  function violations(page: Page): Promise<string[]> {
    return page.evaluate(async () => {
      const found = await (window as unknown as { axe: Axe }).axe.run();
      return found.violations.flatMap((rule) => rule.nodes.map(({ html }) => `${rule.id}: ${html}`));
    });
  }
});
