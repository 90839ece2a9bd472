// Pieces that several stages show: buttons, banners, what keeps the sound from working.

import { ownTab } from "../address";
import { linkBanner, microphoneProblem } from "../model/say";
import { isMusicOn, type Model } from "../model/model";
import type { Words } from "../words/words";
import { draw, h, icon, say, set, show, type IconName } from "./dom";
import type { App } from "../app";

/** One screen of the page. */
export interface View {
  readonly element: HTMLElement;
  /** Takes the focus when the screen arrives. */
  readonly heading: HTMLElement;
  readonly paint: (model: Model, now: number) => void;
}

export interface Context {
  readonly app: App;
  readonly words: Words;
}

interface ButtonOptions {
  readonly testid?: string;
  readonly look?: "primary" | "quiet" | "danger";
  readonly icon?: IconName;
  readonly press: () => void;
}

export function button(label: string, { testid, look = "quiet", icon: name, press }: ButtonOptions): HTMLButtonElement {
  const element = h("button", { type: "button", class: `button ${look}`, "data-testid": testid ?? null });
  if (name !== undefined) element.append(icon(name));
  element.append(h("span", {}, label));
  element.addEventListener("click", press);
  return element;
}

export function heading(text: string, className = ""): HTMLHeadingElement {
  return h("h1", { tabindex: -1, class: className }, text);
}

interface Banner {
  readonly element: HTMLElement;
  readonly paint: (text: string | null) => void;
}

/** A strip that says what is the matter; colour and icon say the same. */
export function banner(kind: "wait" | "alert", name: IconName, testid: string | null, action?: HTMLElement): Banner {
  const text = h("span", { class: "banner-text" });
  const element = h("div", { class: `banner ${kind}`, "data-testid": testid, hidden: true }, icon(name), text);
  if (action !== undefined) element.append(action);
  return {
    element,
    paint: (what) => {
      show(element, what !== null);
      if (what !== null) say(text, what);
    },
  };
}

/** The page in a tab of its own: there, neither policy nor storage of a site around it counts. */
export function ownTabLink({ app, words }: Context, look: "primary" | "quiet"): HTMLAnchorElement {
  const element = h("a", { class: `button ${look}`, "data-testid": "own-tab", target: "_blank", rel: "noopener", href: "#" }, words.ownTab);
  element.addEventListener("click", () => set(element, "href", ownTab(location, { ...app.model.draft })));
  return element;
}

export const isFramed = (): boolean => window.parent !== window;

/** That the link is down, as a strip of its own. */
export function linkTrouble({ words }: Context): { element: HTMLElement; paint: (model: Model) => void } {
  const link = banner("wait", "offline", "link-banner");
  return { element: link.element, paint: (model) => link.paint(linkBanner(model, words)) };
}

/** What a waiting or talking customer must know about link, microphone and sound. */
export function troubles({ app, words }: Context): { elements: HTMLElement[]; paint: (model: Model) => void } {
  const link = banner("wait", "offline", "link-banner");
  const retry = button(words.retry, { press: () => app.dispatch({ type: "microphone_pressed" }) });
  const tab = ownTabLink({ app, words }, "quiet");
  const microphone = banner("alert", "mic-off", "error", h("span", {}, retry, tab));
  const soundOn = button(words.soundOn, { press: () => app.dispatch({ type: "sound_pressed" }) });
  const sound = banner("wait", "sound", "sound-banner", soundOn);
  return {
    elements: [link.element, microphone.element, sound.element],
    paint: (model) => {
      link.paint(linkBanner(model, words));
      const problem = microphoneProblem(model.microphone);
      const advice = problem === null ? null : words.problems[problem];
      // The last step is the button beside it.
      microphone.paint(advice === null ? null : [advice.title, ...advice.steps.slice(0, -1)].join("\n"));
      show(retry, problem !== "microphone_forbidden");
      show(tab, problem === "microphone_forbidden" && isFramed());
      sound.paint(model.isSoundBlocked ? words.soundBlocked : null);
    },
  };
}

/** "Play music" while there is nobody to hear. */
export function musicButton({ app, words }: Context): { element: HTMLElement; paint: (model: Model) => void } {
  const picture = icon("music");
  const label = h("span");
  const element = h("button", { type: "button", class: "button quiet", "data-testid": "music" }, picture, label);
  element.addEventListener("click", () => app.dispatch({ type: "music_pressed" }));
  return {
    element,
    paint: (model) => {
      const isOn = isMusicOn(model);
      draw(picture, isOn ? "pause" : "music");
      say(label, isOn ? words.musicOff : words.musicOn);
      set(element, "aria-pressed", String(isOn));
    },
  };
}
