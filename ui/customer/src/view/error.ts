// When it cannot go on: what happened, what to do, and the button that does it.

import type { Problem } from "../model/model";
import { h, icon, say, show, type IconName } from "./dom";
import { button, heading, isFramed, ownTabLink, type Context, type View } from "./parts";

export function errorView(context: Context, problem: Problem): View {
  const { words } = context;
  const { title, what, steps } = words.problems[problem];
  const header = heading(title);
  const trying = h("p", { class: "small centre" }, words.stillTrying);
  const wait = h("p", { class: "small centre", "data-testid": "retry-after" });
  const actions = actionsOf(context, problem);
  return {
    element: h(
      "section",
      { class: "stack grow", "data-testid": "error", "data-problem": problem },
      h(
        "div",
        { class: "stack grow middle" },
        h("div", { class: "stack centre" }, h("span", { class: "badge big alert" }, icon(pictureOf(problem))), header, h("p", { class: "lead" }, what)),
        wait,
        h("ol", { class: steps.length > 1 ? "steps" : "steps one" }, ...steps.map((step) => h("li", {}, step))),
      ),
      ...actions,
      trying,
    ),
    heading: header,
    paint: (model) => {
      show(trying, isOfLink(problem) && model.link.type !== "up");
      const isTold = problem === "too_many" && model.retryAfterMs !== null;
      show(wait, isTold);
      if (isTold) say(wait, words.tryAgainIn(words.duration(model.retryAfterMs ?? 0)));
    },
  };
}

/** What is tried again by itself. */
function isOfLink(problem: Problem): boolean {
  return problem === "unreachable" || problem === "server_away" || problem === "link_stripped" || problem === "link_blocked";
}

function pictureOf(problem: Problem): IconName {
  if (isOfLink(problem)) return "offline";
  return problem.startsWith("microphone") ? "mic-off" : "alert";
}

function wide(element: HTMLElement): HTMLElement {
  element.classList.add("wide");
  return element;
}

function phoneLink(text: string, phone: string): HTMLElement {
  return h("a", { class: "button quiet", "data-testid": "phone-us", href: `tel:${phone.replace(/[^+\d*#,;]/g, "")}` }, icon("phone"), text);
}

/** Without a microphone. */
function otherWays({ app, words }: Context): HTMLElement {
  return h(
    "div",
    { class: "row" },
    button(words.back, { testid: "back", press: () => app.dispatch({ type: "back_pressed" }) }),
    button(words.listenOnly, { testid: "listen-only", press: () => app.callAnyway() }),
  );
}

function actionsOf(context: Context, problem: Problem): HTMLElement[] {
  const { app, words } = context;
  const main = (label: string, press: () => void): HTMLElement => {
    const element = button(label, { testid: "error-action", look: "primary", press });
    element.classList.add("wide");
    return element;
  };
  const retry = (): void => app.dispatch({ type: "retry_pressed" });
  switch (problem) {
    case "microphone_forbidden":
      return [...(isFramed() ? [wide(ownTabLink(context, "primary"))] : []), otherWays(context)];
    case "microphone_refused":
      // Not every browser says whose no it was: the visitor's, or that of the site around this page.
      return [main(words.retry, () => void app.call()), ...(isFramed() ? [wide(ownTabLink(context, "quiet"))] : []), otherWays(context)];
    case "microphone_missing":
    case "microphone_busy":
      return [main(words.retry, () => void app.call()), otherWays(context)];
    case "unreachable":
    case "server_away":
    case "link_stripped":
    case "link_blocked": {
      const { phone } = app.address;
      return phone === null ? [main(words.retry, retry)] : [main(words.retry, retry), wide(phoneLink(words.phoneUs(phone), phone))];
    }
    case "queue_closed":
    case "queue_full":
    case "too_many":
    case "server_trouble":
    case "unknown_queue":
      return [main(words.retry, retry)];
    case "elsewhere":
      return [main(words.useHere, retry)];
    case "outdated":
      return [main(words.reload, () => location.reload())];
    case "unsupported":
    case "insecure":
    case "bad_address":
      return [];
  }
}
