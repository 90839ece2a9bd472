import type { Caller, CustomerStage, CustomerView, ErrorCode, Ice, ServerFrame } from "@warmline/protocol";
import { describe, expect, test } from "vitest";
import { deskOf, EMPTY_DRAFT, initialModel, recordingConsent, stageOf, wishesOf, type Model } from "./model";
import type { Effect, Input } from "./step";
import { wordsOf } from "../words/words";
import { linkBanner } from "./say";
import { update } from "./update";

const CALLER: Caller = {
  name: null, phone: null, email: null, topic: null, device: null, place: null, language: null, page: null, recording_consent: null,
};
const WAITING: CustomerStage & { type: "waiting" } = {
  type: "waiting", interaction: 7, since: 1_000, position: 2, expected_wait_ms: 80_000, is_ringing: false, passed_on: null,
  waits: { type: "on_the_line", can_keep_place: true },
};
const KEPT: CustomerStage = {
  ...WAITING, waits: { type: "for_callback", keeps_ms: 7_200_000, tries: 0, tries_left: 3, rests_until: null },
};
const CALLED: CustomerStage = { type: "called_back", interaction: 7, since: 1_000, deadline: 31_000, agent_name: "Anna Marsh" };
const DESK: CustomerView["desk"] = { is_closed: false, is_full: false, opening: null, opens_at: null, expected_wait_ms: null };
const TALKING: CustomerStage = {
  type: "talking", interaction: 7, since: 2_000, agent: 1, agent_name: "Anna Marsh", with_name: null, is_held: false, is_agent_connected: true, recording: null,
};
const ENDED: CustomerStage = { type: "ended", interaction: 7, talked_ms: 9_000, can_rate: true, is_callback_missed: false, is_removed: false, broken_off: null };

function frame(given: ServerFrame): Input {
  return { type: "frame", frame: given, at: 1_000 };
}

function welcome(stage: CustomerStage, more: Partial<CustomerView> = {}): Input {
  const view = { visitor: "v", organisation_name: "N", queue_name: "S", known_name: null, desk: DESK, recording: "off" as const, stage, ...more };
  return frame({ type: "welcome", version: 1, server: "s", now: 1_500, seq: 10, view: { type: "customer", view } });
}

function delta(seq: number, stage: CustomerStage): Input {
  return frame({ type: "delta", seq, delta: { type: "customer", delta: { type: "stage", stage } } });
}

function offer(media: number, interaction = 7): Input {
  return frame({ type: "signal", interaction, from: { type: "agent", agent: 1 }, signal: { type: "offer", media, sdp: `sdp ${media}` } });
}

const CALL: Input = { type: "call_pressed", isAllowed: true, caller: CALLER };
const READY: Input = { type: "microphone", state: "ready", caller: CALLER };
const CALL_COMMAND = { type: "call", caller: CALLER } as const;
const NAMED: Input = { type: "command_named", id: "c1", command: CALL_COMMAND };
const CONNECTED: Input = { type: "path", media: 1, state: "connected" };
const DOWN: Input = { type: "link_down", at: 1 };
const HUNG_UP: Input = { type: "command_named", id: "c2", command: { type: "hang_up", interaction: 7 } };

/** The model after all inputs, and the effects of the last one. */
function after(...inputs: readonly Input[]): { model: Model; effects: readonly Effect[]; kinds: string[] } {
  let model = initialModel(EMPTY_DRAFT, null);
  let effects: readonly Effect[] = [];
  for (const input of inputs) ({ model, effects } = update(model, input));
  return { model, effects, kinds: effects.map(({ type }) => type) };
}

function refused(code: ErrorCode, id: string | null): Input {
  return frame({ type: "refused", id, code, hint: "", retry_after_ms: null });
}

describe("calling", () => {
  test("with the microphone allowed the place in the queue does not wait for the device", () => {
    expect(after(welcome({ type: "idle" }), CALL).kinds).toEqual(["name_command", "ask_microphone"]);
  });

  test("where the browser will ask, it is answered first", () => {
    const asked = after(welcome({ type: "idle" }), { ...CALL, isAllowed: false });
    expect(asked.kinds).toEqual(["ask_microphone"]);
    expect(update(asked.model, READY).effects).toEqual([{ type: "name_command", command: CALL_COMMAND }]);
  });

  test("a second press while the first is on its way does nothing", () => {
    expect(after(welcome({ type: "idle" }), CALL, CALL).effects).toEqual([]);
  });

  test("a refused microphone before the call explains itself, and leaves no call", () => {
    const { model, effects } = after(
      welcome({ type: "idle" }),
      { ...CALL, isAllowed: false },
      { type: "microphone", state: "refused", caller: CALLER },
    );
    expect(effects).toEqual([]);
    expect([stageOf(model), model.problem, model.intent]).toEqual(["error", "microphone_refused", "none"]);
  });

  test("who cancels while the browser asks is not called in afterwards", () => {
    const { effects } = after(
      welcome({ type: "idle" }), { ...CALL, isAllowed: false }, { type: "hang_up_pressed" }, READY,
    );
    expect(effects).toEqual([]);
  });

  test("a call made while the link is down is sent with the welcome, under the same name", () => {
    const made = after(CALL, NAMED);
    expect(made.effects).toEqual([]);
    const { effects } = update(made.model, welcome({ type: "idle" }));
    expect(effects).toContainEqual({ type: "send_command", id: "c1", command: CALL_COMMAND });
  });

  test("a command is repeated after a reconnect until it is answered, then never", () => {
    const lost = after(welcome({ type: "idle" }), CALL, NAMED, DOWN, welcome({ type: "idle" }));
    expect(lost.kinds).toContain("send_command");
    const acked = update(lost.model, frame({ type: "ack", id: "c1" })).model;
    expect(update(acked, welcome(WAITING)).effects.map(({ type }) => type)).not.toContain("send_command");
  });

  test.each([
    ["rate_limited", "too_many"],
    ["storage_failed", "server_trouble"],
    ["bad_field", "server_trouble"],
  ] as const)("a call refused with %s says %s, and the form is as it was", (code, problem) => {
    const { model } = after(
      welcome({ type: "idle" }), { type: "typed", field: "topic", value: "router" }, CALL, NAMED, refused(code, "c1"),
    );
    expect([stageOf(model), model.problem, model.draft.topic]).toEqual(["error", problem, "router"]);
    expect(stageOf(update(model, { type: "retry_pressed" }).model)).toBe("idle");
    expect(wishesOf(model).microphone).toBe(false);
  });
});

describe("limits", () => {
  const limited = (id: string) => frame({ type: "refused", id, code: "too_many_calls", hint: "", retry_after_ms: 60_000 });
  test("a call that a limit refuses keeps the form and says when to come again", () => {
    const { model } = after(welcome({ type: "idle" }), CALL, NAMED, limited("c1"));
    expect([stageOf(model), model.problem, model.retryAfterMs]).toEqual(["error", "too_many", 60_000]);
  });
  test("a place that cannot be kept stays a place on the line, and that is said above it", () => {
    const keep = { type: "keep_my_place", interaction: 7 } as const;
    const named = after(welcome(WAITING), { type: "command_named", id: "k1", command: keep }).model;
    const { model, effects } = update(named, limited("k1"));
    expect([stageOf(model), model.problem, effects]).toEqual(["waiting", "too_many", []]);
    expect(linkBanner(model, wordsOf("en"))).toContain("You still wait on the line");
  });
});

describe("closed and full", () => {
  test.each([["queue_closed", "closed"], ["queue_full", "full"]] as const)("%s leaves the form as it was", (code, desk) => {
    const { model } = after(
      welcome({ type: "idle" }), { type: "typed", field: "topic", value: "router" }, CALL, NAMED, refused(code, "c1"),
    );
    expect([stageOf(model), deskOf(model), model.draft.topic]).toEqual(["idle", desk, "router"]);
    expect(wishesOf(model).microphone).toBe(false);
    const news = frame({ type: "delta", seq: 11, delta: { type: "customer", delta: { type: "desk", desk: DESK } } });
    expect(deskOf(update(model, news).model)).toBe("open");
  });
});

describe("a kept place", () => {
  const named = (type: "keep_my_place" | "answer_callback"): Input => ({ type: "command_named", id: "k1", command: { type, interaction: 7 } });

  test("is asked for once, with the leave to notify, and holds nothing", () => {
    const asked = after(welcome(WAITING), READY, { type: "keep_place_pressed" });
    expect(asked.kinds).toEqual(["name_command", "ask_notifications"]);
    const pending = update(asked.model, named("keep_my_place")).model;
    expect(update(pending, { type: "keep_place_pressed" }).effects).toEqual([]);
    const kept = update(pending, delta(11, KEPT)).model;
    expect([stageOf(kept), ...Object.values(wishesOf(kept))]).toEqual(["kept", false, false, false, false, false, false]);
    expect(kept.microphone).toBe("unknown");
  });

  test("a reloaded page asks for no microphone until it is called and answered", () => {
    expect(after(welcome(KEPT)).kinds).toEqual(["keep_visitor"]);
    const called = after(welcome(KEPT), delta(11, CALLED));
    expect([called.kinds, wishesOf(called.model).ring]).toEqual([[], true]);
    const answered = update(called.model, { type: "answer_pressed" });
    expect(answered.effects.map(({ type }) => type)).toEqual(["name_command", "ask_microphone"]);
    expect(wishesOf(answered.model)).toMatchObject({ ring: false, microphone: true, isMicrophoneOpen: false });
  });

  test("between the server's yes and the conversation neither the ring nor the microphone flickers", () => {
    const { model } = after(
      welcome(CALLED), { type: "answer_pressed" }, named("answer_callback"), READY, frame({ type: "ack", id: "k1" }),
    );
    expect(wishesOf(model)).toMatchObject({ ring: false, microphone: true });
    expect(wishesOf(update(model, delta(11, TALKING)).model)).toMatchObject({ microphone: true, isMicrophoneOpen: true });
  });

  test("an answer that came too late lets go again and looks how things stand", () => {
    const late = after(welcome(CALLED), { type: "answer_pressed" }, named("answer_callback"), refused("not_now", "k1"));
    expect(late.kinds).toEqual(["relink"]);
    expect(wishesOf(update(late.model, welcome(KEPT)).model).microphone).toBe(false);
  });

  test("waiting on the line again takes the microphone up again", () => {
    expect(after(welcome(KEPT), delta(11, WAITING)).kinds).toContain("ask_microphone");
  });
});

describe("the link", () => {
  test("a gap in the numbers asks for a new welcome and changes nothing", () => {
    const { model, effects } = after(welcome(WAITING), delta(12, TALKING));
    expect(effects).toEqual([{ type: "relink", afterMs: 0 }]);
    expect(stageOf(model)).toBe("waiting");
  });

  test("deltas in order are followed", () => {
    expect(stageOf(after(welcome(WAITING), delta(11, TALKING), delta(12, ENDED)).model)).toBe("ended");
  });

  test("losing the link keeps the place on the screen", () => {
    const { model } = after(welcome(WAITING), DOWN, DOWN, DOWN, DOWN, DOWN, DOWN);
    expect([stageOf(model), model.link.type]).toEqual(["waiting", "lost"]);
  });

  test("a page that never got through says so after a few failures, and recovers by itself", () => {
    const { model } = after(DOWN, DOWN, DOWN, DOWN);
    expect([stageOf(model), model.problem]).toEqual(["error", "unreachable"]);
    expect(stageOf(update(model, welcome({ type: "idle" })).model)).toBe("idle");
  });

  test("an expired visitor is forgotten and the hello repeated without it", () => {
    expect(after(refused("token_expired", null)).kinds).toEqual(["forget_visitor", "relink"]);
  });

  test("an unknown queue ends the trying", () => {
    const { model, kinds } = after(refused("unknown_queue", null));
    expect([kinds, model.link.type, stageOf(model)]).toEqual([["unlink"], "closed", "error"]);
    expect(update(model, DOWN).model).toBe(model);
  });

  test("a server that stops is met again when it says so", () => {
    const { effects } = after(
      welcome(WAITING), frame({ type: "goodbye", code: "server_stopping", hint: "", retry_after_ms: 500 }),
    );
    expect(effects).toEqual([{ type: "relink", afterMs: 500 }]);
  });

  test("opened in another tab, this one lets everything go; used here again, it begins anew", () => {
    const goodbye = frame({ type: "goodbye", code: "signed_in_elsewhere", hint: "", retry_after_ms: null });
    const { model } = after(welcome(TALKING), READY, offer(1), CONNECTED, goodbye);
    expect([stageOf(model), model.problem]).toEqual(["error", "elsewhere"]);
    expect(Object.values(wishesOf(model))).toEqual([false, false, false, false, false, false]);
    const back = update(update(model, { type: "retry_pressed" }).model, welcome(TALKING));
    expect(back.effects.map(({ type }) => type)).toEqual(expect.arrayContaining(["ask_microphone", "send_signal"]));
  });

  test("the name on record fills an empty field only", () => {
    const known = { known_name: "Chen Yulan" };
    expect(after(welcome({ type: "idle" }, known)).model.draft.name).toBe("Chen Yulan");
    const typed = after({ type: "typed", field: "name", value: "C" }, welcome({ type: "idle" }, known));
    expect(typed.model.draft.name).toBe("C");
  });
});

describe("media", () => {
  const wanted: Effect = { type: "send_signal", interaction: 7, to: 1, signal: { type: "offer_wanted" } };

  test("a reload in a conversation asks for the microphone and for an offer at once", () => {
    const { effects } = after(welcome(TALKING));
    expect(effects).toContainEqual(wanted);
    expect(effects).toContainEqual({ type: "ask_microphone" });
  });

  test("an answer in the queue waits for the agent's offer", () => {
    expect(after(welcome(WAITING), READY, delta(11, TALKING)).effects).toEqual([]);
  });

  test("a reconnect with the sound still up asks for nothing", () => {
    const { effects } = after(welcome(TALKING), READY, offer(1), CONNECTED, DOWN, welcome(TALKING));
    expect(effects.map(({ type }) => type)).toEqual(["keep_visitor"]);
  });

  test("losing the link keeps microphone and peer open", () => {
    const { model } = after(welcome(TALKING), READY, offer(1), CONNECTED, DOWN);
    expect(wishesOf(model)).toMatchObject({ microphone: true, isMicrophoneOpen: true, peer: true });
  });

  test("a failed path asks for another offer; a late failure of an older one does not", () => {
    const up = [welcome(TALKING), READY, offer(1), offer(2)] as const;
    expect(after(...up, { type: "path", media: 2, state: "failed" }).effects).toEqual([wanted]);
    expect(after(...up, { type: "path", media: 1, state: "failed" }).effects).toEqual([]);
  });

  test("an agent who comes back is asked for an offer where the sound is gone, and not where it is up", () => {
    const away: CustomerStage = { ...TALKING, is_agent_connected: false };
    const lost: Input = { type: "path", media: 1, state: "interrupted" };
    const up = [welcome(TALKING), READY, offer(1), CONNECTED, delta(11, away)] as const;
    expect(after(...up, lost, delta(12, TALKING)).effects).toEqual([wanted]);
    expect(after(...up, delta(12, TALKING)).effects).toEqual([]);
  });

  test("silence beyond patience asks again, but not over a working path", () => {
    expect(after(welcome(TALKING), READY, offer(1), { type: "path_overdue" }).effects).toEqual([wanted]);
    expect(after(welcome(TALKING), READY, offer(1), CONNECTED, { type: "path_overdue" }).effects).toEqual([]);
    expect(after(welcome(WAITING), { type: "path_overdue" }).effects).toEqual([]);
  });

  test("the microphone is held while waiting and opened only in the conversation", () => {
    const waiting = after(welcome(WAITING), READY).model;
    expect(wishesOf(waiting)).toMatchObject({ microphone: true, isMicrophoneOpen: false });
    const talking = update(waiting, delta(11, TALKING)).model;
    expect(wishesOf(talking).isMicrophoneOpen).toBe(true);
    expect(wishesOf(update(talking, { type: "mute_pressed" }).model).isMicrophoneOpen).toBe(false);
    expect(wishesOf(update(talking, delta(12, { ...TALKING, is_held: true })).model).isMicrophoneOpen).toBe(false);
    expect(wishesOf(update(talking, delta(12, ENDED)).model).microphone).toBe(false);
  });

  test("music plays where nobody speaks, and stops with the answer", () => {
    const waiting = after(welcome(WAITING), { type: "music_pressed" }).model;
    expect(wishesOf(waiting).music).toBe(true);
    expect(wishesOf(update(waiting, delta(11, TALKING)).model).music).toBe(false);
  });
});

describe("being passed on", () => {
  const PASSED_ON: CustomerStage = { ...WAITING, passed_on: { from_name: "Anna Marsh", to_name: "Noor Rao", is_agent_gone: false } };
  const NOOR: CustomerStage = { ...TALKING, agent: 2, agent_name: "Noor Rao" };
  const up = [welcome(TALKING), READY, offer(5), { ...CONNECTED, media: 5 }] as const;

  test("closes the path to the first agent and plays music by itself until the next one answers", () => {
    const waiting = after(...up, delta(11, PASSED_ON));
    expect(waiting.kinds).toEqual(["end_peer"]);
    expect(wishesOf(waiting.model)).toMatchObject({ microphone: true, isMicrophoneOpen: false, music: true });
    expect(wishesOf(update(waiting.model, { type: "music_pressed" }).model).music).toBe(false);
    expect(wishesOf(update(waiting.model, delta(12, NOOR)).model).music).toBe(false);
  });

  test("the next agent's offer is taken whatever its number, the first one's is not", () => {
    const offered = frame({ type: "signal", interaction: 7, from: { type: "agent", agent: 2 }, signal: { type: "offer", media: 1, sdp: "" } });
    expect(after(...up, delta(11, PASSED_ON), delta(12, NOOR), offered).kinds).toEqual(["begin_peer"]);
    // Handed over within the conversation: no waiting between.
    expect(after(...up, delta(11, NOOR)).kinds).toEqual(["end_peer"]);
    expect(after(...up, delta(11, NOOR), offered).kinds).toEqual(["begin_peer"]);
    expect(after(...up, delta(11, NOOR), offer(9)).kinds).toEqual([]);
  });

  test("on hold music plays by itself, in the queue only when asked for", () => {
    expect(wishesOf(after(...up, delta(11, { ...TALKING, is_held: true })).model).music).toBe(true);
    expect(wishesOf(after(welcome(WAITING)).model).music).toBe(false);
  });
});

describe("ending", () => {
  test("hanging up is silence at once, also while the link is down, and told with the next welcome", () => {
    const { model } = after(welcome(TALKING), READY, offer(1), CONNECTED, DOWN, { type: "hang_up_pressed" }, HUNG_UP);
    expect(Object.values(wishesOf(model))).toEqual([false, false, false, false, false, false]);
    const { effects } = update(model, welcome(TALKING));
    expect(effects.map(({ type }) => type)).toEqual(["keep_visitor", "send_command"]);
  });

  test("a double hang-up is one", () => {
    const pressed: Input = { type: "hang_up_pressed" };
    expect(after(welcome(TALKING), pressed, HUNG_UP, pressed).effects).toEqual([]);
  });

  test("a late offer after hanging up opens nothing", () => {
    expect(after(welcome(TALKING), { type: "hang_up_pressed" }, HUNG_UP, offer(1)).effects).toEqual([]);
  });

  test("a rating is given once, and not where none is taken", () => {
    const rate: Input = { type: "rate_pressed", stars: 4 };
    const rated = after(welcome(ENDED), rate);
    expect(rated.effects).toEqual([{ type: "name_command", command: { type: "rate", interaction: 7, stars: 4 } }]);
    expect(update(rated.model, { ...rate, stars: 1 }).effects).toEqual([]);
    expect(after(welcome({ ...ENDED, can_rate: false }), rate).effects).toEqual([]);
  });

  test("calling again leads back to the form, with the name and without the old topic", () => {
    const { model } = after(
      { type: "typed", field: "name", value: "Chen" },
      { type: "typed", field: "topic", value: "router" },
      welcome(ENDED),
      { type: "again_pressed" },
    );
    expect([stageOf(model), model.draft.name, model.draft.topic]).toEqual(["idle", "Chen", ""]);
    expect(stageOf(update(model, welcome(ENDED)).model)).toBe("idle");
  });
});

describe("recording", () => {
  const ask = (model: Model) => ({ ...model, view: model.view === null ? null : { ...model.view, recording: "ask" as const } });

  test("nobody has said yes before they do, and a new call asks anew", () => {
    const idle = ask(update(initialModel(EMPTY_DRAFT, null), welcome({ type: "idle" })).model);
    expect(recordingConsent(idle)).toBe(false);
    const allowed = update(idle, { type: "recording_answered", isAllowed: true }).model;
    expect(recordingConsent(allowed)).toBe(true);
    expect(recordingConsent(update(allowed, { type: "again_pressed" }).model)).toBe(false);
  });

  test("where the queue does not ask, there is no answer", () => {
    const idle = update(initialModel(EMPTY_DRAFT, null), welcome({ type: "idle" })).model;
    expect(recordingConsent(update(idle, { type: "recording_answered", isAllowed: true }).model)).toBe(null);
  });
});

describe("ways for the voice", () => {
  test("what the server names is used at once, before and during a call", () => {
    const ice: Ice = { servers: [{ urls: ["turn:t"], username: "1:2", credential: "c" }], policy: "relay" };
    const named = frame({ type: "ice", ice });
    const idle = welcome({ type: "idle" });
    for (const before of [[], [idle], [idle, welcome(TALKING), offer(1), CONNECTED]]) {
      const { effects, model } = after(...before, named);
      expect(effects).toEqual([{ type: "use_ice", ice }]);
      expect(model).toEqual(after(...before).model);
    }
  });
});
