import type { Caller, CustomerStage, ServerFrame } from "@warmline/protocol";
import { describe, expect, test } from "vitest";
import { EMPTY_DRAFT, initialModel, stageOf, wayBack, type Model } from "./model";
import type { Effect, Found, Input } from "./step";
import { update } from "./update";

const DOWN: Input = { type: "link_down", at: 1 };
const probed = (found: Found): Input => ({ type: "probed", found });

function after(...inputs: readonly Input[]): { model: Model; effects: readonly Effect[] } {
  let model = initialModel(EMPTY_DRAFT, null);
  let effects: readonly Effect[] = [];
  for (const input of inputs) ({ model, effects } = update(model, input));
  return { model, effects };
}

describe("a link that does not come to be", () => {
  const FOUR = [DOWN, DOWN, DOWN, DOWN];

  test("is said after four tries, and the reason is looked for", () => {
    expect(after(...FOUR.slice(1)).model.problem).toBe(null);
    const { model, effects } = after(...FOUR);
    expect([model.problem, effects]).toEqual(["unreachable", [{ type: "probe", again: false }]]);
  });

  test.each([
    ["silence", "unreachable"],
    ["away", "server_away"],
    ["full", "server_away"],
    ["stripped", "link_stripped"],
  ] as const)("%s is told as %s", (found, problem) => {
    expect(after(...FOUR, probed(found)).model.problem).toBe(problem);
  });

  test("a block is told when it was found twice: a server that was just started looks the same once", () => {
    expect(after(...FOUR, probed("blocked")).model.problem).toBe("unreachable");
    const again = after(...FOUR, probed("blocked"), DOWN);
    expect(again.effects).toEqual([{ type: "probe", again: true }]);
    expect(update(again.model, probed("blocked")).model.problem).toBe("link_blocked");
    const healed = after(...FOUR, probed("blocked"), DOWN, probed("silence"), probed("blocked"));
    expect(healed.model.problem).toBe("unreachable");
  });

  test("a late answer changes nothing once the link is up", () => {
    const welcomed = after(...FOUR, welcome({ type: "idle" }), probed("stripped")).model;
    expect([welcomed.problem, stageOf(welcomed)]).toEqual([null, "idle"]);
  });
});

const CALLER: Caller = {
  name: null, phone: null, email: null, topic: null, device: null, place: null, language: null, page: null, recording_consent: null,
};
const BROKEN: CustomerStage & { type: "ended" } = {
  type: "ended", interaction: 7, talked_ms: 9_000, can_rate: true, is_callback_missed: false, is_removed: false, broken_off: { until: 601_500, agent_name: "Anna Marsh" },
};

function welcome(stage: CustomerStage): Input {
  const view = {
    visitor: "v", organisation_name: "N", queue_name: "S", known_name: null, recording: "off" as const, stage,
    desk: { is_closed: false, is_full: false, opening: null, opens_at: null, expected_wait_ms: null },
  };
  const frame: ServerFrame = { type: "welcome", version: 1, server: "s", now: 1_500, seq: 10, view: { type: "customer", view } };
  return { type: "frame", frame, at: 1_000 };
}

describe("a connection that broke off", () => {
  const BACK: Input = { type: "come_back_pressed", isAllowed: true, caller: CALLER };
  const command = { type: "come_back", interaction: 7, caller: CALLER } as const;

  test("is no goodbye: the way back is offered until its time is over, by the server's clock", () => {
    const { model } = after(welcome(BROKEN));
    expect([stageOf(model), wayBack(model, 600_000)]).toEqual(["ended", { agentName: "Anna Marsh", hasTalked: true }]);
    expect(wayBack(model, 601_000)).toBe(null);
    expect(wayBack(after(welcome({ ...BROKEN, broken_off: null })).model, 0)).toBe(null);
  });

  test("is come back to with one command, also after a question for the microphone", () => {
    expect(after(welcome(BROKEN), BACK).effects[0]).toEqual({ type: "name_command", command });
    const asked = after(welcome(BROKEN), { ...BACK, isAllowed: false });
    expect(asked.effects).toEqual([{ type: "ask_microphone" }]);
    const ready: Input = { type: "microphone", state: "ready", caller: CALLER };
    expect(update(asked.model, ready).effects).toEqual([{ type: "name_command", command }]);
  });

  test("who needs nothing any more calls as a newcomer", () => {
    const call: Input = { type: "call_pressed", isAllowed: true, caller: CALLER };
    const { effects } = after(welcome(BROKEN), { type: "again_pressed" }, call);
    expect(effects[0]).toEqual({ type: "name_command", command: { type: "call", caller: CALLER } });
  });

  test("a way back that is over by then leads to how things stand", () => {
    const named: Input = { type: "command_named", id: "c1", command };
    const refused: ServerFrame = { type: "refused", id: "c1", code: "not_now", hint: "", retry_after_ms: null };
    const { effects } = after(welcome(BROKEN), BACK, named, { type: "frame", frame: refused, at: 1 });
    expect(effects).toEqual([{ type: "relink", afterMs: 0 }]);
  });
});

test("a microphone that a policy forbids is no microphone that was refused", () => {
  const call: Input = { type: "call_pressed", isAllowed: false, caller: CALLER };
  const forbidden: Input = { type: "microphone", state: "forbidden", caller: CALLER };
  expect(after(welcome({ type: "idle" }), call, forbidden).model.problem).toBe("microphone_forbidden");
});
