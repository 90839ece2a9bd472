// The button, in an element of its own whose shadow nothing of the site's style reaches.

import { textOn } from "../accent";
import { css } from "./css";
import { make, makeButton, set } from "./make";
import type { Settings } from "./settings";
import type { Words } from "./words";

const PHONE = "M13.832 16.568a1 1 0 0 0 1.213-.303l.355-.465A2 2 0 0 1 17 15h3a2 2 0 0 1 2 2v3a2 2 0 0 1-2 2A18 18 0 0 1 2 4a2 2 0 0 1 2-2h3a2 2 0 0 1 2 2v3a2 2 0 0 1-.8 1.6l-.468.351a1 1 0 0 0-.292 1.233 14 14 0 0 0 6.392 6.384";
const SVG = "http://www.w3.org/2000/svg";

/** No element of a site's own: `div { … !important }` does not reach it, and an `id` is not needed. */
export const ELEMENT = "warmline-call";

export class Knob {
  readonly host = document.createElement(ELEMENT);
  readonly root = this.host.attachShadow({ mode: "open" });
  readonly button: HTMLButtonElement;
  readonly shell = make("div", { class: "shell" });
  readonly #text = make("span");
  readonly #settings: Settings;
  readonly #words: Words;

  constructor(settings: Settings, words: Words, pressed: () => void) {
    this.#settings = settings;
    this.#words = words;
    // A constructed sheet: the site's content policy may forbid style elements.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    this.root.adoptedStyleSheets = [sheet];
    const colour = settings.accent ?? "#c8441b";
    this.shell.style.setProperty("--accent", colour);
    this.shell.style.setProperty("--on-accent", textOn(colour));
    set(this.host, { "data-left": settings.isLeft });
    this.button = makeButton("knob", "", pressed);
    set(this.button, { "aria-expanded": "false", "aria-haspopup": "dialog" });
    this.button.append(phone(), this.#text);
    this.shell.append(this.button);
    this.root.append(this.shell);
    this.say(null);
  }

  /** A short word on the call that is on, or what the button is for. */
  say(live: string | null): void {
    this.#text.textContent = live ?? this.#settings.label ?? this.#words.call;
    set(this.button, { "data-live": live !== null, "aria-label": live !== null && `${this.#words.open} · ${live}` });
  }
}

function phone(): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  set(svg, { viewBox: "0 0 24 24", "aria-hidden": "true" });
  set(path, { d: PHONE });
  svg.append(path);
  return svg;
}
