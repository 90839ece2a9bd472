// In conversation: with whom, for how long, how well, and whether one is heard.

import type { Model } from "../model/model";
import { serverNow } from "../model/say";
import { clock } from "../words/spans";
import { initialsOf } from "./initials";
import { draw, h, icon, say, set } from "./dom";
import { banner, heading, musicButton, troubles, type Context, type View } from "./parts";

const BARS = 5;

export function talkingView(context: Context): View {
  const { app, words } = context;
  const title = heading("", "agent");
  const initials = h("div", { class: "avatar", "aria-hidden": "true" });
  const timer = h("span", { class: "timer", role: "timer", "data-testid": "timer" });
  const quality = h("span", { "data-testid": "quality" });
  const recording = h("p", { class: "recorded", role: "status", "data-testid": "recording" });
  const level = levelMeter(words.level);
  const held = banner("wait", "pause", "held-banner");
  const joined = banner("wait", "users", "joined-banner");
  const away = banner("wait", "offline", "agent-away-banner");
  const trouble = troubles(context);
  const music = musicButton(context);
  const mute = roundButton("mute", () => app.dispatch({ type: "mute_pressed" }));
  const hangUp = roundButton("hang-up", () => app.dispatch({ type: "hang_up_pressed" }));
  hangUp.paint("phone-off", words.hangUp);
  const element = h(
    "section",
    { class: "stack grow", "data-testid": "talking" },
    h("div", { class: "centre grow talk" }, initials, title, h("p", { class: "figures" }, timer, quality), recording, level.element),
    held.element,
    joined.element,
    away.element,
    ...trouble.elements,
    h("div", { class: "row" }, music.element),
    h("div", { class: "row controls" }, mute.element, hangUp.element),
  );
  return {
    element,
    heading: title,
    paint: (model, now) => {
      const stage = model.view?.stage;
      if (stage?.type !== "talking") return;
      say(title, words.talkingWith(stage.agent_name));
      joined.paint(stage.with_name === null ? null : words.joined(stage.with_name));
      say(initials, initialsOf(stage.agent_name));
      say(timer, clock(serverNow(model, now) - stage.since));
      say(quality, pathInWords(model, context));
      set(quality, "data-quality", model.path.type === "live" && model.path.state === "connected" ? model.quality : "poor");
      recording.hidden = stage.recording === null;
      set(recording, "data-state", stage.recording);
      say(recording, stage.recording === "paused" ? words.recordingPaused : words.recorded);
      held.paint(stage.is_held ? words.held : null);
      away.paint(stage.is_agent_connected ? null : words.agentAway(stage.agent_name));
      trouble.paint(model);
      music.element.hidden = !stage.is_held;
      music.paint(model);
      mute.paint(model.isMuted ? "mic-off" : "mic", model.isMuted ? words.unmute : words.mute);
      set(mute.button, "aria-pressed", String(model.isMuted));
      set(hangUp.button, "disabled", model.intent === "hanging_up");
      level.paint(model.isMuted || stage.is_held ? 0 : app.sound.level(), model.isMuted ? words.muted : null);
    },
  };
}

function pathInWords(model: Model, { words }: Context): string {
  if (model.path.type === "none") return words.connectingVoice;
  switch (model.path.state) {
    case "connecting":
      return words.connectingVoice;
    case "connected":
      return words.quality[model.quality];
    case "interrupted":
    case "failed":
      return words.pathInterrupted;
  }
}

function roundButton(
  testid: string,
  press: () => void,
): { element: HTMLElement; button: HTMLButtonElement; paint: (name: Parameters<typeof icon>[0], label: string) => void } {
  const picture = icon("mic");
  const label = h("span");
  const element = h("button", { type: "button", class: `round ${testid}`, "data-testid": testid }, h("span", { class: "disc" }, picture), label);
  element.addEventListener("click", press);
  return {
    element,
    button: element,
    paint: (name, text) => {
      draw(picture, name);
      say(label, text);
    },
  };
}

function levelMeter(label: string): { element: HTMLElement; paint: (level: number, instead: string | null) => void } {
  const bars = Array.from({ length: BARS }, () => h("i"));
  const text = h("span", { class: "small" });
  const meter = h("span", { class: "bars", role: "meter", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": 100 }, ...bars);
  return {
    element: h("p", { class: "level", "data-testid": "level" }, meter, text),
    paint: (level, instead) => {
      meter.hidden = instead !== null;
      say(text, instead ?? "");
      set(meter, "aria-valuenow", Math.round(level * 10) * 10);
      for (const [index, bar] of bars.entries()) {
        // The middle bar stands highest; the outer ones follow.
        const share = 1 - Math.abs(index - (BARS - 1) / 2) / BARS;
        bar.style.transform = `scaleY(${Math.max(0.12, level * share)})`;
      }
    },
  };
}
