// The frame around every stage: who is called, the language, the live region; it swaps the stages and moves the focus.

import { announcement, summary } from "../model/say";
import { stageOf, type Model, type Problem, type Stage } from "../model/model";
import { LANGUAGES, wordsOf, type LanguageTag } from "../words/words";
import type { App } from "../app";
import { h, icon, say, set } from "./dom";
import { calledView } from "./called";
import { endedView } from "./ended";
import { errorView } from "./error";
import { idleView } from "./idle";
import type { Context, View } from "./parts";
import { keptView } from "./kept";
import { talkingView } from "./talking";
import { waitingView } from "./waiting";

export interface ShellOptions {
  readonly app: App;
  readonly language: LanguageTag;
  readonly chosen: (language: LanguageTag) => void;
  /** Asks the embedding page to fold this one away; absent where nobody embeds it. */
  readonly minimise: (() => void) | null;
  /** Tells the embedding page what to write on its launcher. */
  readonly summarise: (stage: string, text: string | null) => void;
}

export class Shell {
  readonly #options: ShellOptions;
  #language: LanguageTag;
  #context: Context;
  /** Which screen stands there; "intro" and "idle" share one, so that typing goes on while the link comes up. */
  #mounted: string | null = null;
  #view: View | null = null;
  #said = "";
  readonly #root: HTMLElement;
  readonly #organisation = h("strong");
  readonly #queue = h("span");
  readonly #main = h("main");
  readonly #live = h("p", { class: "unseen", "aria-live": "polite", role: "status" });
  readonly #choice: HTMLSelectElement;
  readonly #minimise: HTMLButtonElement;

  constructor(options: ShellOptions) {
    this.#options = options;
    this.#language = options.language;
    this.#context = { app: options.app, words: wordsOf(options.language) };
    this.#choice = h("select", { class: "language", "data-testid": "language" });
    for (const { tag, own } of LANGUAGES) this.#choice.append(h("option", { value: tag, lang: tag }, own));
    this.#choice.addEventListener("change", () => this.#speak(this.#choice.value));
    this.#minimise = h("button", { type: "button", class: "minimise", "data-testid": "minimise" }, icon("down"));
    this.#minimise.hidden = options.minimise === null;
    this.#minimise.addEventListener("click", () => options.minimise?.());
    const names = h("div", { class: "names" }, this.#organisation, this.#queue);
    this.#root = h("div", { class: "page", "data-embedded": options.minimise !== null }, h("header", {}, names, this.#choice, this.#minimise), this.#main, this.#live);
    document.body.replaceChildren(this.#root);
    this.#label();
  }

  paint(model: Model): void {
    const now = Date.now();
    const { words } = this.#context;
    const stage = stageOf(model);
    set(this.#root, "data-stage", stage);
    say(this.#organisation, model.view?.organisation_name ?? words.greet(null));
    say(this.#queue, model.view?.queue_name ?? "");
    this.#mount(stage, model.problem ?? "server_trouble");
    this.#view?.paint(model, now);
    this.#announce(model, now);
    const text = summary(model, words, now);
    const name = model.view?.organisation_name ?? "Warmline";
    const title = text === null ? name : titleOf(stage, text, name, now);
    if (document.title !== title) document.title = title;
    this.#options.summarise(stage, text);
  }

  /** What a notification of a callback says. */
  ringing(): { title: string; body: string } {
    const { app } = this.#options;
    const { words } = this.#context;
    const title = summary(app.model, words, Date.now()) ?? words.call;
    return { title, body: words.calledNote };
  }

  #announce(model: Model, now: number): void {
    const { key, text } = announcement(model, this.#context.words, now);
    if (key === this.#said) return;
    this.#said = key;
    say(this.#live, text);
  }

  #mount(stage: Stage, problem: Problem): void {
    const screen = stage === "intro" ? "idle" : stage === "error" ? `error ${problem}` : stage;
    if (screen === this.#mounted) return;
    const isFirst = this.#mounted === null;
    this.#mounted = screen;
    this.#view = makeView(this.#context, stage, problem);
    const focused = document.activeElement;
    const isOurs = focused === null || focused === document.body || this.#main.contains(focused);
    this.#main.replaceChildren(this.#view.element);
    // Whoever reads with the keyboard or a screen reader lands on the new heading, not on nothing.
    if (!isFirst && isOurs && document.hasFocus()) this.#view.heading.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  #speak(value: string): void {
    const language = LANGUAGES.find(({ tag }) => tag === value);
    if (language === undefined) return;
    this.#language = language.tag;
    this.#context = { ...this.#context, words: language.words };
    this.#mounted = null;
    this.#label();
    this.#options.chosen(language.tag);
    this.paint(this.#options.app.model);
  }

  #label(): void {
    const { words } = this.#context;
    document.documentElement.lang = this.#language;
    this.#choice.value = this.#language;
    set(this.#choice, "aria-label", words.language);
    set(this.#minimise, "aria-label", words.close);
    set(this.#minimise, "title", words.close);
  }
}

/** A tab that rings flashes: its title is all that can be seen of it. */
function titleOf(stage: Stage, text: string, name: string, now: number): string {
  if (stage !== "called_back") return `${text} · ${name}`;
  return Math.floor(now / 1_000) % 2 === 0 ? `☎ ${text}` : name;
}

function makeView(context: Context, stage: Stage, problem: Problem): View {
  switch (stage) {
    case "intro":
    case "idle":
      return idleView(context);
    case "waiting":
      return waitingView(context);
    case "kept":
      return keptView(context);
    case "called_back":
      return calledView(context);
    case "talking":
      return talkingView(context);
    case "ended":
      return endedView(context);
    case "error":
      return errorView(context, problem);
  }
}
