// Afterwards: thanks, how it was, and the way back in.

import { wayBack } from "../model/model";
import { brokenOffNote, endedTitle } from "../model/say";
import { clock } from "../words/spans";
import { h, icon, say, set, show } from "./dom";
import { button, heading, type Context, type View } from "./parts";

export function endedView({ app, words }: Context): View {
  const title = heading("");
  const talked = h("p", { class: "lead" });
  const stars = [1, 2, 3, 4, 5].map((count) => {
    const star = h("button", { type: "button", class: "star", "data-testid": `rate-${count}`, "aria-label": words.star(count) }, icon("star"));
    star.addEventListener("click", () => app.dispatch({ type: "rate_pressed", stars: count }));
    return star;
  });
  const question = h("div", { class: "stack", role: "group", "aria-label": words.rate }, h("p", { class: "question" }, words.rate), h("div", { class: "row stars" }, ...stars));
  const rated = h("p", { class: "rated", "data-testid": "rated" }, words.rated);
  const again = button(words.again, {
    testid: "call-again",
    look: "primary",
    icon: "phone",
    press: () => app.dispatch({ type: "again_pressed" }),
  });
  again.classList.add("wide");
  const backLabel = h("span");
  const back = h("button", { type: "button", class: "button primary wide", "data-testid": "come-back" }, icon("phone"), backLabel);
  back.addEventListener("click", () => void app.comeBack());
  const notNeeded = button(words.notNeeded, { testid: "not-needed", press: () => app.dispatch({ type: "again_pressed" }) });
  notNeeded.classList.add("wide");
  return {
    element: h(
      "section",
      { class: "stack grow" },
      h("div", { class: "centre stack grow middle" }, h("span", { class: "badge big" }, icon("phone")), title, talked, question, rated),
      again,
      back,
      notNeeded,
    ),
    heading: title,
    paint: (model, now) => {
      const stage = model.view?.stage;
      if (stage?.type !== "ended") return;
      const { talked_ms } = stage;
      const way = wayBack(model, now);
      show(again, way === null);
      show(back, way !== null);
      show(notNeeded, way !== null);
      set(back, "aria-disabled", model.intent !== "none" ? "true" : null);
      if (way !== null) {
        say(backLabel, model.intent === "none" ? words.comeBack(way.agentName) : words.calling);
        say(title, words.brokenOff);
        show(talked, true);
        say(talked, brokenOffNote(way, words));
        show(question, false);
        show(rated, false);
        return;
      }
      const lost = stage.is_removed ? words.removedNote : stage.is_callback_missed ? words.missedNote : null;
      const note = lost ?? (talked_ms === null ? "" : words.talkedFor(clock(talked_ms)));
      say(title, endedTitle(stage, words));
      show(talked, note !== "");
      say(talked, note);
      show(question, stage.can_rate || model.stars !== null);
      show(rated, model.stars !== null);
      for (const [index, star] of stars.entries()) {
        set(star, "aria-pressed", String(model.stars !== null && index < model.stars));
        set(star, "aria-disabled", model.stars !== null ? "true" : null);
      }
    },
  };
}
