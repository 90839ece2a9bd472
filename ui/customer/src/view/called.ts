// Somebody calls back: who, how long it rings, answer or not now.

import { serverNow } from "../model/say";
import { h, icon, say, set, show } from "./dom";
import { initialsOf } from "./initials";
import { button, heading, linkTrouble, type Context, type View } from "./parts";

export function calledView(context: Context): View {
  const { app, words } = context;
  const title = heading("", "agent");
  const initials = h("div", { class: "avatar calling", "aria-hidden": "true" });
  const left = h("span", { class: "timer", role: "timer", "data-testid": "ring-left" });
  const topic = h("p", { class: "bubble", "data-testid": "topic-sent" });
  const link = linkTrouble(context);
  const answer = button(words.answer, { testid: "answer-callback", look: "primary", icon: "phone", press: () => app.dispatch({ type: "answer_pressed" }) });
  answer.classList.add("wide", "answer");
  const notNow = button(words.notNow, { testid: "decline-callback", press: () => app.dispatch({ type: "not_now_pressed" }) });
  const leave = button(words.givePlaceUp, { testid: "cancel", look: "danger", press: () => app.dispatch({ type: "hang_up_pressed" }) });
  const element = h(
    "section",
    { class: "stack grow", "data-testid": "called-back" },
    h("div", { class: "centre grow talk" }, initials, title, h("p", { class: "figures" }, h("span", {}, words.calledNote), left)),
    topic,
    link.element,
    h("p", { class: "small note-line" }, icon("mic"), h("span", {}, words.calledMicrophone)),
    answer,
    h("div", { class: "row" }, notNow, leave),
  );
  return {
    element,
    heading: title,
    paint: (model, now) => {
      const stage = model.view?.stage;
      if (stage?.type !== "called_back") return;
      say(title, words.calledTitle(stage.agent_name));
      say(initials, initialsOf(stage.agent_name));
      say(left, words.secondsLeft(Math.max(0, Math.ceil((stage.deadline - serverNow(model, now)) / 1_000))));
      const about = model.draft.topic.trim();
      show(topic, about !== "");
      say(topic, about);
      link.paint(model);
      say(answer.lastElementChild ?? answer, model.intent === "answering" ? words.connectingVoice : words.answer);
      for (const one of [answer, notNow, leave]) set(one, "disabled", model.intent !== "none");
    },
  };
}
