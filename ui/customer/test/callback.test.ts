import type { ClientFrame, CustomerStage } from "@warmline/protocol";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { buildPage, inStage, launch, visit } from "./browser";
import { Stand } from "./stand";

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
  stand = await Stand.open(built.dist);
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  await stand.close();
});

const WAITING: CustomerStage & { type: "waiting" } = {
  type: "waiting", interaction: 7, since: Date.now(), position: 2, expected_wait_ms: 180_000, is_ringing: false, passed_on: null,
  waits: { type: "on_the_line", can_keep_place: true },
};
const KEPT: CustomerStage = {
  ...WAITING, waits: { type: "for_callback", keeps_ms: 7_200_000, tries: 0, tries_left: 3, rests_until: null },
};
const TALKING: CustomerStage = {
  type: "talking", interaction: 7, since: Date.now(), agent: 1, agent_name: "Anna Marsh", with_name: null, is_held: false, is_agent_connected: true, recording: null,
};
function called(): CustomerStage {
  return { type: "called_back", interaction: 7, since: Date.now(), deadline: Date.now() + 30_000, agent_name: "Anna Marsh" };
}

type Command = ClientFrame & { type: "customer" };
function commands(type: Command["command"]["type"]): (frame: ClientFrame) => frame is Command {
  return (frame): frame is Command => frame.type === "customer" && frame.command.type === type;
}

/** A server that does what the page asks and calls back when the test says so. */
function serve(): void {
  const shown = (type: Command["command"]["type"]): CustomerStage | null => {
    switch (type) {
      case "call":
      case "come_back":
      case "wait_on_the_line":
        return WAITING;
      case "keep_my_place":
        return KEPT;
      case "answer_callback":
        return TALKING;
      case "decline_callback":
        return { ...WAITING, waits: { type: "for_callback", keeps_ms: 7_200_000, tries: 1, tries_left: 2, rests_until: Date.now() + 120_000 } };
      case "hang_up":
        return { type: "ended", interaction: 7, talked_ms: null, can_rate: false, is_callback_missed: false, is_removed: false, broken_off: null };
      case "rate":
        return null;
    }
  };
  stand.onCommand = (frame) => {
    stand.send({ type: "ack", id: frame.id });
    const stage = shown(frame.command.type);
    if (stage !== null) stand.stage(stage);
  };
}

async function keptPage(): Promise<Awaited<ReturnType<typeof visit>>> {
  serve();
  const visited = await visit(browser, stand);
  open.push(visited.context);
  const { page } = visited;
  await inStage(page, "idle");
  await page.click(id("call"));
  await inStage(page, "waiting");
  await page.waitForSelector(`${id("microphone")}[data-state="ready"]`);
  await page.click(id("keep-place"));
  await inStage(page, "kept");
  return visited;
}

test("a kept place is said with its position, also after a reload, and the microphone is let go", async () => {
  const { page, errors } = await keptPage();
  expect(await page.textContent(id("position"))).toBe("2nd in line");
  expect(await page.textContent(id("expected-wait"))).toBe("about 3 min");
  expect(await page.textContent(id("kept-note"))).toContain("up to 2 hours");
  await page.reload();
  await inStage(page, "kept");
  expect(await page.textContent(id("position"))).toBe("2nd in line");
  // Nobody has touched the reloaded page: it says that it needs a tap before it may ring.
  expect(await page.getAttribute(id("ring-hint"), "data-state")).toBe("muted");
  await page.click("h1");
  await page.waitForSelector(`${id("ring-hint")}[data-state="ready"]`);
  expect(errors).toEqual([]);
});

test("the page rings with a flashing title, and one press answers; the ring stops with it", async () => {
  const { page, errors } = await keptPage();
  stand.stage(called());
  await inStage(page, "called_back");
  expect(await page.textContent("h1")).toBe("Anna Marsh is calling you back");
  const titles = new Set<string>();
  for (let look = 0; look < 40 && titles.size < 2; look += 1) {
    titles.add(await page.title());
    await page.waitForTimeout(100);
  }
  expect([...titles].sort()).toEqual(["Northwind Telecom", "☎ Anna Marsh is calling you back"]);
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("data-testid"))).toBe("answer-callback");
  await page.keyboard.press("Enter");
  await inStage(page, "talking");
  await stand.heard(commands("answer_callback"));
  expect(stand.frames.filter(commands("answer_callback")).length).toBe(1);
  expect(errors).toEqual([]);
});

test("not now keeps the place for another try, and who is there again says so", async () => {
  const { page } = await keptPage();
  stand.stage(called());
  await page.click(id("decline-callback"));
  await inStage(page, "kept");
  await page.waitForSelector(id("callback-missed"));
  expect(await page.textContent(id("expected-wait"))).toContain("next try in");
  await page.click(id("here-now"));
  await page.waitForFunction(() => document.querySelector('[data-testid="expected-wait"]')?.textContent === "about 3 min");
  await page.click(id("wait-on-line"));
  await inStage(page, "waiting");
  await page.waitForSelector(`${id("microphone")}[data-state="ready"]`);
});

test("the place survives a lost network and can be given up", async () => {
  const { page } = await keptPage();
  stand.kill();
  await page.waitForSelector(`${id("link-banner")}:not([hidden])`);
  await inStage(page, "kept");
  stand.revive();
  await page.waitForSelector(`${id("link-banner")}`, { state: "hidden" });
  await page.click(id("cancel"));
  await inStage(page, "ended");
  await stand.heard(commands("hang_up"));
});

test("who missed every callback is told so on coming back", async () => {
  stand.view = { ...stand.view, stage: { type: "ended", interaction: 7, talked_ms: null, can_rate: false, is_callback_missed: true, is_removed: false, broken_off: null } };
  const { page, context } = await visit(browser, stand);
  open.push(context);
  await inStage(page, "ended");
  expect(await page.textContent("h1")).toBe("We could not reach you");
});
