// Afterwards: thanks, how it was, and the way back in.

import { endedTitle } from "../model/say";
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
  return {
    element: h(
      "section",
      { class: "stack grow" },
      h("div", { class: "centre stack grow middle" }, h("span", { class: "badge big" }, icon("phone")), title, talked, question, rated),
      again,
    ),
    heading: title,
    paint: (model) => {
      const stage = model.view?.stage;
      if (stage?.type !== "ended") return;
      const { talked_ms } = stage;
      const note = stage.is_callback_missed ? words.missedNote : talked_ms === null ? "" : words.talkedFor(clock(talked_ms));
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
