// In the queue: the place, the expected wait, a calm bar, and what can be done meanwhile.

import { isPending, type Model } from "../model/model";
import { waitFraction, waitLeftMs } from "../model/pace";
import { passedOnWords, serverNow, waitInWords } from "../model/say";
import { h, icon, draw, say, set, show } from "./dom";
import { banner, button, heading, musicButton, troubles, type Context, type View } from "./parts";

export function waitingView(context: Context): View {
  const { app, words } = context;
  const title = heading("", "place");
  set(title, "data-testid", "position");
  const inLine = h("span", {}, `${words.inLine} · `);
  const wait = h("span", { "data-testid": "expected-wait" });
  const bar = progressBar(words.progress);
  const trouble = troubles(context);
  const passedOn = banner("wait", "users", "passed-on-banner");
  const topic = h("p", { class: "bubble", "data-testid": "topic-sent" });
  const read = h("p", { class: "small" }, words.read);
  const microphone = microphoneChip(context);
  const music = musicButton(context);
  const leave = button(words.leave, {
    testid: "cancel",
    look: "danger",
    icon: "phone-off",
    press: () => app.dispatch({ type: "hang_up_pressed" }),
  });
  const keep = keepPlaceCard(context);
  const element = h(
    "section",
    { class: "stack grow" },
    h("div", { class: "centre" }, title, h("p", { class: "lead" }, inLine, wait)),
    bar.element,
    passedOn.element,
    ...trouble.elements,
    topic,
    read,
    h("div", { class: "grow" }),
    keep.element,
    microphone.element,
    h("p", { class: "small centre" }, words.waitNote),
    h("div", { class: "row" }, music.element, leave),
  );
  return {
    element,
    heading: title,
    paint: (model, now) => {
      const stage = model.view?.stage;
      if (stage?.type !== "waiting") return;
      passedOn.paint(stage.passed_on === null ? null : passedOnWords(words, stage.passed_on));
      say(title, stage.is_ringing ? words.ringing : words.place(stage.position));
      set(title, "data-ringing", stage.is_ringing);
      show(inLine, !stage.is_ringing);
      say(wait, waitInWords(model, words, now) ?? "");
      const left = waitLeftMs(stage.expected_wait_ms, now - model.stageAt);
      bar.paint(waitFraction(serverNow(model, now) - stage.since, left, stage.is_ringing));
      trouble.paint(model);
      const hasTopic = model.draft.topic.trim() !== "";
      show(topic, hasTopic);
      show(read, hasTopic);
      say(topic, model.draft.topic.trim());
      keep.paint(model);
      microphone.paint(model);
      music.paint(model);
      set(leave, "disabled", model.intent === "hanging_up");
    },
  };
}

/** Only ever forward: an expectation that grew would otherwise pull the bar back. */
function progressBar(label: string): { element: HTMLElement; paint: (fraction: number | null) => void } {
  const fill = h("div", { class: "fill" });
  const element = h("div", { class: "bar", role: "progressbar", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": 100 }, fill);
  let furthest = 0;
  return {
    element,
    paint: (fraction) => {
      set(element, "data-unknown", fraction === null);
      if (fraction === null) return set(element, "aria-valuenow", null);
      furthest = Math.max(furthest, fraction);
      set(element, "aria-valuenow", Math.round(furthest * 100));
      fill.style.transform = `scaleX(${furthest})`;
    },
  };
}

function microphoneChip({ words }: Context): { element: HTMLElement; paint: (model: Model) => void } {
  const picture = icon("mic");
  const text = h("span");
  const element = h("p", { class: "chip", "data-testid": "microphone" }, picture, text);
  return {
    element,
    paint: ({ microphone }) => {
      set(element, "data-state", microphone);
      const isMissing = microphone === "refused" || microphone === "missing" || microphone === "busy";
      draw(picture, isMissing ? "mic-off" : "mic");
      if (microphone === "ready") say(text, words.microphoneReady);
      else say(text, isMissing ? words.microphoneOff : words.microphoneAsking);
    },
  };
}

/** The way out of waiting at the page, where the queue calls back. */
function keepPlaceCard({ app, words }: Context): { element: HTMLElement; paint: (model: Model) => void } {
  const press = button(words.keepPlace, {
    testid: "keep-place",
    icon: "call-back",
    press: () => app.dispatch({ type: "keep_place_pressed" }),
  });
  const element = h("div", { class: "card stack offer" }, h("p", { class: "small" }, words.keepPlaceNote), press);
  return {
    element,
    paint: (model) => {
      const stage = model.view?.stage;
      const canKeep = stage?.type === "waiting" && stage.waits.type === "on_the_line" && stage.waits.can_keep_place;
      show(element, canKeep && !stage.is_ringing);
      set(press, "disabled", isPending(model, "keep_my_place") || model.link.type !== "up" || model.intent === "hanging_up");
    },
  };
}
