// What the page says about its state, as text: the live region, the banners, the window's title.

import type { PassedOn } from "@warmline/protocol";
import type { Words } from "../words/words";
import { clock } from "../words/spans";
import { deskOf, stageOf, wayBack, type Microphone, type Model, type Problem } from "./model";
import { waitLeftMs } from "./pace";

export function microphoneProblem(state: Microphone): Problem | null {
  switch (state) {
    case "refused":
      return "microphone_refused";
    case "forbidden":
      return "microphone_forbidden";
    case "missing":
      return "microphone_missing";
    case "busy":
      return "microphone_busy";
    case "unknown":
    case "asking":
    case "ready":
      return null;
  }
}

export function linkBanner(model: Model, words: Words): string | null {
  if (model.intent === "hanging_up") return words.ending;
  if (model.problem === "too_many" && model.view?.stage.type === "waiting") return words.placeNotKept;
  if (model.link.type !== "lost") return null;
  return model.view?.stage.type === "talking" ? words.linkLostTalking : words.linkLostWaiting;
}

/** The expected wait in words; `null` outside the queue. */
export function waitInWords(model: Model, words: Words, now: number): string | null {
  const stage = model.view?.stage;
  if (stage?.type !== "waiting") return null;
  if (stage.is_ringing) return words.ringingNote;
  const left = waitLeftMs(stage.expected_wait_ms, now - model.stageAt);
  return left === null ? words.noExpectation : words.about(words.duration(left));
}

interface Announcement {
  /** The same key is not said twice: a countdown is no news. */
  readonly key: string;
  readonly text: string;
}

/** Why a customer who was in a conversation waits again. */
export function passedOnWords(words: Words, { from_name, to_name, is_agent_gone }: PassedOn): string {
  return is_agent_gone ? words.agentGone(from_name, to_name) : words.passedOn(from_name, to_name);
}

/** What a screen reader is told, politely, when it changes. */
export function announcement(model: Model, words: Words, now: number): Announcement {
  const stage = stageOf(model);
  const view = model.view?.stage;
  const link = linkBanner(model, words);
  const say = (key: string, ...texts: readonly (string | null)[]): Announcement => ({
    key: `${stage} ${key} ${link ?? ""}`,
    text: [...texts, link].filter((text) => text !== null).join(" "),
  });
  if (stage === "error" && model.problem !== null) {
    const { title, what } = words.problems[model.problem];
    return say(model.problem, `${title}.`, what);
  }
  if (view?.type === "waiting" && stage === "waiting") {
    if (view.is_ringing) return say("ringing", `${words.ringing}.`, words.ringingNote);
    const wait = view.expected_wait_ms === null ? null : waitInWords(model, words, now);
    const why = view.passed_on === null ? null : passedOnWords(words, view.passed_on);
    return say(`${view.position} ${why ?? ""}`, why, words.announcePlace(words.place(view.position), wait));
  }
  if (view?.type === "waiting" && stage === "kept") {
    return say("kept", `${words.keptTitle}.`, words.announcePlace(words.place(view.position), callbackInWords(model, words, now)));
  }
  if (view?.type === "called_back" && stage === "called_back") return say("called", `${words.calledTitle(view.agent_name)}.`, words.calledNote);
  if (view?.type === "talking" && stage === "talking") {
    const away = view.is_agent_connected ? null : words.agentAway(view.agent_name);
    const held = view.is_held ? words.held : null;
    return say(`${view.is_held} ${view.is_agent_connected}`, `${words.talkingWith(view.agent_name)}.`, held, away);
  }
  if (view?.type === "ended" && stage === "ended") {
    const way = wayBack(model, now);
    if (way !== null) return say("broken off", `${words.brokenOff}.`, brokenOffNote(way, words));
    if (model.stars !== null) return say("rated", words.rated);
    return say("ended", endedTitle(view, words));
  }
  if (deskOf(model) !== "open") return say(deskOf(model), words.desk[deskOf(model) === "closed" ? "closed" : "full"].title);
  return say(model.intent, model.intent === "asking_microphone" ? words.askingMicrophone : null);
}

/** What a customer whose connection broke off is offered. */
export function brokenOffNote(way: { readonly agentName: string | null; readonly hasTalked: boolean }, words: Words): string {
  return way.hasTalked ? words.brokenTalk(way.agentName) : words.brokenWait;
}

export function endedTitle(ended: { readonly talked_ms: number | null; readonly is_callback_missed: boolean; readonly is_removed: boolean }, words: Words): string {
  if (ended.is_removed) return words.removedTitle;
  if (ended.is_callback_missed) return words.missedTitle;
  return ended.talked_ms === null ? words.endedWaiting : words.ended;
}

/** For a kept place: how long it will take, or when the next callback is tried. */
export function callbackInWords(model: Model, words: Words, now: number): string {
  const stage = model.view?.stage;
  if (stage?.type !== "waiting") return "";
  const rests = stage.waits.type === "for_callback" ? stage.waits.rests_until : null;
  if (rests !== null) return words.nextTry(words.duration(Math.max(0, rests - serverNow(model, now))));
  return waitInWords(model, words, now) ?? "";
}

export function serverNow(model: Model, now: number): number {
  return now + model.clockAheadMs;
}

/** A short word on the state: for the window's title and for the launcher on the embedding page. */
export function summary(model: Model, words: Words, now: number): string | null {
  const view = model.view?.stage;
  switch (stageOf(model)) {
    case "waiting":
      if (view?.type !== "waiting") return null;
      return view.is_ringing ? words.ringing : `${words.place(view.position)} · ${words.inLine}`;
    case "kept":
      return view?.type === "waiting" ? `${words.place(view.position)} · ${words.keptShort}` : null;
    case "called_back":
      return view?.type === "called_back" ? words.calledTitle(view.agent_name) : null;
    case "talking":
      return view?.type === "talking" ? clock(serverNow(model, now) - view.since) : null;
    case "intro":
    case "idle":
    case "ended":
    case "error":
      return null;
  }
}
