// The place is kept: where it stands, what will happen, and the ways back. Calm enough for a tab in the background.

import { isPending } from "../model/model";
import { callbackInWords } from "../model/say";
import { hasBeenTouched, noticesOf } from "../media/ring";
import { h, icon, draw, say, set, show } from "./dom";
import { banner, button, heading, linkTrouble, type Context, type View } from "./parts";

export function keptView(context: Context): View {
  const { app, words } = context;
  const title = heading(words.keptTitle);
  const place = h("span", { "data-testid": "position" });
  const wait = h("span", { "data-testid": "expected-wait" });
  const missed = banner("wait", "phone-off", "callback-missed");
  const link = linkTrouble(context);
  const topic = h("p", { class: "bubble", "data-testid": "topic-sent" });
  const note = h("p", { class: "lead centre", "data-testid": "kept-note" });
  const sound = ringChip(context);
  const here = button(words.hereNow, { testid: "here-now", look: "primary", icon: "phone", press: () => app.dispatch({ type: "keep_place_pressed" }) });
  here.classList.add("wide");
  const line = button(words.waitOnLine, { testid: "wait-on-line", icon: "phone", press: () => app.dispatch({ type: "wait_on_line_pressed" }) });
  const leave = button(words.givePlaceUp, { testid: "cancel", look: "danger", press: () => app.dispatch({ type: "hang_up_pressed" }) });
  const element = h(
    "section",
    { class: "stack grow" },
    h(
      "div",
      { class: "centre stack grow middle" },
      h("span", { class: "badge big ready" }, icon("call-back")),
      title,
      h("p", { class: "lead kept-place" }, place, " · ", wait),
      note,
      topic,
    ),
    missed.element,
    link.element,
    sound.element,
    here,
    h("div", { class: "row" }, line, leave),
  );
  return {
    element,
    heading: title,
    paint: (model, now) => {
      const stage = model.view?.stage;
      if (stage?.type !== "waiting" || stage.waits.type !== "for_callback") return;
      const { keeps_ms, tries, tries_left, rests_until } = stage.waits;
      say(place, `${words.place(stage.position)} ${words.inLine}`);
      say(wait, callbackInWords(model, words, now));
      say(note, words.keptNote(words.limit(keeps_ms)));
      missed.paint(tries === 0 ? null : words.missedTries(tries, tries_left));
      link.paint(model);
      const about = model.draft.topic.trim();
      show(topic, about !== "");
      say(topic, about);
      sound.paint();
      show(here, rests_until !== null);
      const isDown = model.link.type !== "up";
      set(here, "disabled", isDown || isPending(model, "keep_my_place"));
      set(line, "disabled", isDown || isPending(model, "wait_on_the_line"));
      set(leave, "disabled", model.intent === "hanging_up");
    },
  };
}

/** Whether the ring will be heard and shown; a page that was reloaded needs one tap before it may make a sound. */
function ringChip({ words }: Context): { element: HTMLElement; paint: () => void } {
  const picture = icon("sound");
  const text = h("span");
  const element = h("p", { class: "chip", "data-testid": "ring-hint" }, picture, text);
  return {
    element,
    paint: () => {
      const isTouched = hasBeenTouched();
      draw(picture, isTouched ? "sound" : "alert");
      set(element, "data-state", isTouched ? "ready" : "muted");
      const notice = noticesOf() === "granted" ? words.ringsWithNotice : words.rings;
      say(text, isTouched ? notice : words.ringNeedsTap);
    },
  };
}
