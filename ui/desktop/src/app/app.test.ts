// @vitest-environment jsdom
// The whole screen over the scripted bridge, in every scenario: what is there, what it does, and that it can be used by all.
import axe from "axe-core";
import { flushSync } from "svelte";
import { describe, expect, test, vi } from "vitest";
import type { Fake } from "../bridge/fake";
import { SCENARIOS, type Scenario } from "../bridge/fake/scenarios";
import { asks, closeNow, loses, open, press, root, seen, sees, until } from "./opened";

const EXPECTED: Record<Scenario, [screen: string, state: string, parts: string[]]> = {
  "signed-out": ["sign-in", "offline", ["sign-in-server", "sign-in-organisation", "sign-in-user", "sign-in-password", "sign-in-submit"]],
  "sign-in-failed": ["sign-in", "offline", ["sign-in-error"]],
  "ready-empty": ["work", "ready", ["state-button", "link-state", "readiness", "rail-work", "rail-customers", "rail-devices"]],
  break: ["work", "not_ready", ["readiness"]],
  ringing: ["work", "ringing", ["ring-card", "ring-accept", "ring-decline", "ring-customer-name", "ring-history", "timeline"]],
  callback: ["work", "ringing", ["ring-card", "ring-accept", "ring-decline", "ring-customer-name", "ring-history"]],
  "calling-back": ["work", "calling_back", ["call-bar", "call-customer-name", "calling-back", "call-hang-up"]],
  talking: ["work", "talking", ["call-bar", "call-customer-name", "call-timer", "call-mute", "call-hold", "call-digits", "call-hang-up", "call-quality", "call-device", "note"]],
  recording: ["work", "talking", ["recording-state", "call-recording"]],
  "recording-paused": ["work", "talking", ["recording-state", "call-recording"]],
  "recording-refused": ["work", "talking", ["recording-refused"]],
  poor: ["work", "talking", ["call-quality"]],
  held: ["work", "held", ["call-bar", "call-hold"]],
  "wrap-up": ["work", "wrap_up", ["wrap-up-bar", "wrap-up-finish", "wrap-up-extend", "disposition-solved", "note"]],
  offline: ["work", "talking", ["link-banner", "call-bar"]],
  "offline-empty": ["work", "offline", ["link-banner"]],
  customers: ["customers", "ready", ["customer-search", "customer-row"]],
  administrator: ["work", "ready", ["rail-administration"]],
  devices: ["devices", "ready", ["devices-microphone", "devices-speaker", "devices-ringer", "device-test", "level-meter", "readiness"]],
  "not-ready": ["work", "not_ready", ["readiness"]],
  "no-keyring": ["work", "ready", ["state-button"]],
  "passed-on": ["work", "ringing", ["ring-card", "handover-note", "colleagues-notes", "ring-accept"]],
  asked: ["work", "ringing", ["ring-card", "consult-question", "colleagues-notes", "ring-accept"]],
  "consult-ringing": ["work", "held", ["consult-bar", "consult-back", "consult-join", "consult-hand-over"]],
  consult: ["work", "held", ["consult-bar", "consult-back", "consult-join", "consult-hand-over", "note"]],
  together: ["work", "talking", ["consult-bar", "consult-back", "consult-aside", "consult-hand-over", "colleagues-notes", "note"]],
  unheard: ["work", "talking", ["call-bar", "call-no-microphone"]],
  "no-microphone": ["work", "not_ready", ["readiness"]],
  demo: ["sign-in", "offline", ["sign-in-submit", "sign-in-intro"]],
  twins: ["devices", "ready", ["devices-microphone"]],
  muted: ["work", "talking", ["call-bar", "call-silenced", "sound-turn-on", "sound-settings"]],
  "muted-idle": ["work", "not_ready", ["readiness", "turn-on-microphone"]],
  deaf: ["work", "talking", ["call-bar", "call-deaf", "sound-turn-on"]],
  "quiet-microphone": ["work", "talking", ["call-bar", "call-unheard", "sound-settings"]],
  "never-reached": ["work", "offline", ["link-banner", "readiness"]],
};

describe.each(SCENARIOS)("%s", (scenario) => {
  test("shows its screen, its state and all that belongs to it", async () => {
    await open(scenario);
    const [screen, state, parts] = EXPECTED[scenario];
    await until(() => expect(root()).toMatchObject({ screen, state }));
    for (const part of parts) await sees(part);
  });

  test("every control has a name and a role (axe)", async () => {
    await open(scenario);
    // Colours are computed in tokens.test.ts: without a layout axe cannot.
    const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });
    expect(violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
  });
});

describe("a ring", () => {
  test("is reported as painted once, after its frame", async () => {
    const { fake } = await open("ringing");
    await asks(fake, "ring_painted");
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    expect(fake.asked.filter((command) => command.type === "ring_painted")).toHaveLength(1);
  });

  test("leaves the focus where somebody types, and Enter there does not answer", async () => {
    const { fake } = await open("customers");
    await sees("customer-search");
    const field = seen("customer-search");
    field?.focus();
    fake.ring();
    await sees("ring-card");
    expect(document.activeElement).toBe(field);
    field?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", bubbles: true }));
    flushSync();
    expect(fake.asked.map((command) => command.type)).not.toContain("accept");
  });

  test("is answered from anywhere by three keys, and the conversation opens", async () => {
    const { fake } = await open("customers");
    await until(() => expect(root()).toMatchObject({ screen: "customers" }));
    fake.ring();
    await sees("ring-card");
    window.dispatchEvent(new KeyboardEvent("keydown", { key: "a", code: "KeyA", ctrlKey: true, altKey: true }));
    await asks(fake, "accept");
    await until(() => expect(root()).toMatchObject({ screen: "work", state: "talking" }));
  });

  test("is declined by its button", async () => {
    const { fake } = await open("ringing");
    await press("ring-decline");
    await asks(fake, "decline");
    await loses("ring-card");
  });
});

describe("passing on and asking", () => {
  const handovers = (fake: Fake) => fake.asked.flatMap((command) => (command.type === "handover" ? [command.command] : []));

  test("a colleague is found, told and rung; the floor is watched only while the panel is open", async () => {
    const { fake } = await open("talking");
    window.dispatchEvent(new KeyboardEvent("keydown", { key: "p", code: "KeyP", ctrlKey: true, altKey: true }));
    await sees("transfer-target-noor");
    expect(seen("transfer-target-anna"), "oneself").toBeNull();
    expect(seen("transfer-target-sam")?.hasAttribute("disabled"), "at work").toBe(true);
    expect(seen("transfer-send")?.hasAttribute("disabled"), "nobody is chosen yet").toBe(true);
    await press("transfer-target-noor");
    const note = seen("transfer-note") as HTMLTextAreaElement;
    note.value = "Wants the router.";
    note.dispatchEvent(new Event("input", { bubbles: true }));
    flushSync();
    await press("transfer-send");
    await loses("transfer-panel");
    expect(handovers(fake)).toEqual([
      { type: "watch_floor", is_on: true },
      { type: "transfer", interaction: 9001, to: { type: "agent", agent: 2 }, note: "Wants the router." },
      { type: "watch_floor", is_on: false },
    ]);
  });

  test("a queue takes the customer but cannot be asked", async () => {
    const { fake } = await open("talking");
    await press("transfer-open");
    await press("transfer-target-zh");
    expect(seen("consult-send")?.hasAttribute("disabled")).toBe(true);
    await press("transfer-send");
    await until(() => expect(handovers(fake)).toContainEqual({ type: "transfer", interaction: 9001, to: { type: "queue", queue: 2 }, note: "" }));
  });

  test("a colleague is asked, joins, and is handed the customer; hold is out of place meanwhile", async () => {
    const { fake } = await open("talking");
    await press("transfer-open");
    await press("transfer-target-noor");
    await press("consult-send");
    await sees("consult-bar");
    expect(seen("consult-hand-over")?.hasAttribute("disabled"), "not answered yet").toBe(true);
    expect(seen("call-hold")?.hasAttribute("disabled")).toBe(true);
    expect(seen("transfer-open")?.hasAttribute("disabled")).toBe(true);
    await until(() => expect(seen("consult-bar")?.dataset["leg"]).toBe("private"));
    await press("consult-join");
    await until(() => expect(seen("consult-bar")?.dataset["leg"]).toBe("together"));
    await press("consult-aside");
    await until(() => expect(seen("consult-bar")?.dataset["leg"]).toBe("private"));
    await press("consult-hand-over");
    await until(() => expect(root()).toMatchObject({ state: "ready" }));
    expect(handovers(fake).map(({ type }) => type)).toEqual(["watch_floor", "consult", "watch_floor", "join", "step_aside", "hand_over"]);
  });
});

describe("a conversation", () => {
  test("goes from the answer to the end: mute, hold, digits, hang up, note, disposition", async () => {
    const { fake, screen } = await open("ringing");
    await press("ring-accept");
    await sees("call-bar");
    await until(() => expect(screen.call).not.toBeNull());
    await press("call-mute");
    await until(() => expect(seen("call-mute")?.getAttribute("aria-pressed")).toBe("true"));
    await press("call-hold");
    await until(() => expect(seen("call-hold")?.getAttribute("aria-pressed")).toBe("true"));
    expect(root()).toMatchObject({ state: "held" });
    await press("call-hold");
    await until(() => expect(root()).toMatchObject({ state: "talking" }));
    await press("call-digits");
    await press("digit-star");
    await until(() => expect(fake.asked).toContainEqual({ type: "send_digit", interaction: 9001, digit: "*" }));
    await press("call-hang-up");
    await sees("wrap-up-bar");
    const note = seen("note") as HTMLTextAreaElement;
    note.value = "Router is included.";
    note.dispatchEvent(new Event("input", { bubbles: true }));
    await press("disposition-solved");
    await press("wrap-up-finish");
    await until(() => expect(fake.asked).toContainEqual({ type: "finish_wrap_up", interaction: 9001, disposition: "solved" }));
    const order = fake.asked.map((command) => command.type);
    expect(order.indexOf("save_note")).toBeGreaterThan(-1);
    expect(order.indexOf("save_note")).toBeLessThan(order.indexOf("finish_wrap_up"));
    await loses("wrap-up-bar");
  });

  test("a disposition that was pressed but not sent is sent before the time is over", async () => {
    const { fake, screen } = await open("wrap-up");
    await press("disposition-follow-up");
    screen.now = Date.now() + 45_500;
    flushSync();
    await until(() => expect(fake.asked).toContainEqual({ type: "finish_wrap_up", interaction: 9001, disposition: "follow-up" }));
  });

  test("the note is sent when its field is left", async () => {
    const { fake } = await open("talking");
    const note = seen("note") as HTMLTextAreaElement;
    note.focus();
    note.value = "Asked for 1000M.";
    note.dispatchEvent(new Event("input", { bubbles: true }));
    note.blur();
    await until(() => expect(fake.asked).toContainEqual({ type: "save_note", interaction: 9001, text: "Asked for 1000M." }));
    await until(() => expect(seen("note-status")?.dataset["status"]).toBe("saved"));
  });

  test("what a colleague wrote stands above one's own note and is not in its field", async () => {
    const { fake } = await open("together");
    await sees("colleagues-notes");
    const theirs = seen("colleagues-notes");
    expect(theirs?.textContent).toContain("Noor Rao");
    expect(theirs?.textContent).toContain("Her contract ends on Friday");
    expect(theirs?.querySelector("textarea, input, button")).toBeNull();
    const note = seen("note") as HTMLTextAreaElement;
    expect(note.value).toBe("Wants 1000M if the router is included.");
    expect((theirs?.compareDocumentPosition(note) ?? 0) & Node.DOCUMENT_POSITION_FOLLOWING).not.toBe(0);
    note.value = "Wants 1000M.";
    note.dispatchEvent(new Event("input", { bubbles: true }));
    note.blur();
    note.dispatchEvent(new Event("blur"));
    await until(() => expect(fake.asked).toContainEqual({ type: "save_note", interaction: 9001, text: "Wants 1000M." }));
    expect(seen("colleagues-notes")?.textContent).toContain("Her contract ends on Friday");
  });

  test("where no colleague wrote, nothing stands there", async () => {
    await open("talking");
    await sees("note");
    expect(seen("colleagues-notes")).toBeNull();
  });

  test("without the server it says that the note is kept here", async () => {
    await open("offline");
    await until(() => expect(seen("note-status")?.textContent).toContain("Saved here"));
  });
});

describe("my state", () => {
  test.each([["ready-empty", "state-not-ready-lunch", "choose_state"], ["talking", "next-not-ready-lunch", "reserve_next_state"]] as const)(
    "in %s the menu offers %s", async (scenario, choice, command) => {
      const { fake } = await open(scenario);
      const button = seen("state-button");
      button?.focus();
      button?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", bubbles: true }));
      await sees(choice);
      seen(choice)?.click();
      await until(() => expect(fake.asked).toContainEqual({ type: command, state: { type: "not_ready", reason: "lunch" } }));
    });
});

describe("signing in", () => {
  async function fillIn(password: string) {
    for (const [id, value] of [["sign-in-password", password]] as const) {
      const field = seen(id) as HTMLInputElement;
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    flushSync();
    document.querySelector("form")?.requestSubmit();
  }

  test("a wrong password is said with what to do, and what was typed stays", async () => {
    await open("signed-out");
    await fillIn("wrong");
    await until(() => expect(seen("sign-in-error")?.dataset["code"]).toBe("wrong_password"));
    expect((seen("sign-in-user") as HTMLInputElement).value).toBe("anna");
    expect((seen("sign-in-password") as HTMLInputElement).value).toBe("wrong");
  });

  test("the right one opens the work", async () => {
    await open("signed-out");
    await fillIn("warmline-demo");
    await until(() => expect(root()).toMatchObject({ screen: "work" }));
  });
});

describe("why this agent", () => {
  const opened = async (scenario: Scenario = "talking") => {
    const { fake } = await open(scenario);
    await press("why");
    return fake;
  };

  test("is told in words beside the offer, asked for once", async () => {
    const fake = await opened();
    await until(() => expect(seen("why-panel")?.textContent).toContain("Support rings whoever has been ready without work the longest: Anna Marsh."));
    expect(seen("why-panel")?.textContent).toContain("Ring 2 of 3");
    expect([...document.querySelectorAll("[data-testid=why-group]")].length).toBeGreaterThan(2);
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    await loses("why-panel");
    await press("why");
    await sees("why-panel");
    expect(fake.asked.filter(({ type }) => type === "decision")).toHaveLength(1);
  });

  test("when it is not known any more, that is said, and it can be asked again", async () => {
    const { fake } = await open("talking");
    const dispatch = fake.dispatch.bind(fake);
    let refuses = true;
    vi.spyOn(fake, "dispatch").mockImplementation((command) => (refuses && command.type === "decision" ? Promise.reject({ type: "refused", code: "unknown_decision", hint: "" }) : dispatch(command)));
    await press("why");
    await until(() => expect(seen("why-panel")?.textContent).toContain("not known any more"));
    refuses = false;
    seen("why-panel")?.querySelector("button")?.click();
    await until(() => expect(seen("why-panel")?.textContent).toContain("Anna Marsh"));
  });
});

test("a ring that a colleague answered says so, one that was declined here says nothing", async () => {
  const { fake, screen } = await open("ringing");
  const rang = screen.ringing;
  const dispatch = fake.dispatch.bind(fake);
  const row = { at: rang?.stage.since ?? 0, what: "answered" as const, agent_name: "Noor Rao", to_name: null, note: null, decision: null };
  vi.spyOn(fake, "dispatch").mockImplementation(async (command) => {
    const reply = await dispatch(command).catch(() => null);
    if (command.type !== "interaction") return reply ?? { type: "done" };
    const told = await dispatch({ type: "interaction", interaction: 100 });
    return told.type === "interaction" ? { type: "interaction", detail: { ...told.detail, happened: [row] } } : told;
  });
  const agent = fake.state.agent;
  if (agent === null) throw new Error("somebody is signed in");
  fake.emit({ type: "agent", agent: { ...agent, work: [], presence: { ...agent.presence, state: { type: "ready" } } } });
  await until(() => expect(screen.complaints.map(({ words }) => words)).toEqual([{ key: "notice.taken", params: { name: "Chen Yulan", agent: "Noor Rao" } }]));
  screen.forget(1);
  const asked = () => fake.asked.filter(({ type }) => type === "interaction").length;
  const before = asked();
  fake.ring(1);
  await press("ring-decline");
  await loses("ring-card");
  expect([asked(), screen.complaints]).toEqual([before, []]);
});

test("queues say when they are closed and what somebody would wait", async () => {
  await open("ready-empty");
  const queues = await until(() => document.querySelector(".queues")?.textContent ?? expect.fail("no queues"));
  expect(queues).toContain("~4 min");
  expect(queues).toContain("closed");
});

test("the preferred site is to be read by agents and to be chosen by administrators", async () => {
  const edit = async (scenario: Scenario) => {
    await open(scenario);
    await press("rail-customers");
    await press("customer-row");
    await press("record-edit");
    return until(() => seen("record-site") ?? expect.fail("no site"));
  };
  expect((await edit("ready-empty")).tagName).toBe("SPAN");
  await closeNow();
  const select = await edit("administrator");
  await until(() => expect([...select.querySelectorAll("option")].map(({ textContent }) => textContent)).toContain("苏州"));
  expect((select as HTMLSelectElement).value).toBe("suzhou");
});

test("finding a customer shows their timeline, and a row opens to what happened", async () => {
  await open("customers");
  const field = await until(() => (seen("customer-search") as HTMLInputElement | null) ?? expect.fail("no search"));
  field.value = "建国";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await until(() => expect(document.querySelectorAll('[data-testid="customer-row"]')).toHaveLength(1));
  await press("customer-row");
  await sees("timeline-row");
  seen("timeline-row")?.querySelector("button")?.click();
  await until(() => expect(seen("timeline-row")?.textContent).toContain("answered"));
});

test("where there is no keyring it says what that means, on the first screen", async () => {
  await open("no-keyring");
  await until(() => expect(document.querySelector("main")?.textContent).toContain("No usable keyring"));
});
