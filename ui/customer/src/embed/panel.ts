// The panel with the page's frame: it always has a way to be closed, and says why when the page does not come up.

import { make, makeButton, set } from "./make";
import type { Reason, Reasons } from "./reason";
import type { Settings } from "./settings";
import { reasonInWords, type Words } from "./words";

/** From the frame's beginning, however slow the network. */
const SPEAKS_WITHIN_MS = 15_000;
/** An answer to a question, of a page that is loaded: ours answers at once, an error page never. */
const ANSWERS_WITHIN_MS = 3_000;
/** A server that was away is looked for this often, then more and more seldom. */
const LOOKS_AFTER_MS = [2_000, 4_000, 8_000, 15_000, 30_000] as const;

type State =
  | { readonly type: "loading" }
  | { readonly type: "up" }
  | { readonly type: "failed"; readonly reason: Reason };

interface Events {
  /** The frame's address, made anew for each attempt. */
  readonly source: () => string;
  /** A tab of its own; without what only a frame needs. */
  readonly tab: () => string;
  readonly close: () => void;
}

export class Panel {
  /** A dialog, so that it can be made modal itself above another modal one. */
  readonly element = make("dialog", { class: "panel" });
  readonly #settings: Settings;
  readonly #words: Words;
  readonly #events: Events;
  readonly #reasons: Reasons;
  readonly #bar = make("div", { class: "bar" });
  readonly #note = make("div", { class: "note", role: "status" });
  #frame: HTMLIFrameElement | null = null;
  #state: State = { type: "loading" };
  #deadline: number | undefined;
  /** Of our page, in all. */
  #heardWords = 0;
  #looks = 0;
  #look: number | undefined;

  constructor(settings: Settings, words: Words, reasons: Reasons, events: Events) {
    this.#settings = settings;
    this.#words = words;
    this.#reasons = reasons;
    this.#events = events;
    const close = makeButton("close", "×", events.close);
    set(close, { "aria-label": words.close });
    const title = settings.label ?? words.call;
    this.#bar.append(title, close);
    set(this.element, { "aria-label": title });
    this.element.append(this.#bar, this.#note);
    this.element.addEventListener("cancel", (event) => {
      event.preventDefault();
      events.close();
    });
  }

  get window(): Window | null {
    return this.#frame?.contentWindow ?? null;
  }

  get hasFrame(): boolean {
    return this.#frame !== null;
  }

  /** Shown, also above a modal dialog of the site's. */
  open(isModal: boolean): void {
    if (this.element.open) this.element.close();
    if (isModal) this.element.showModal();
    else this.element.open = true;
    if (this.#frame === null || this.#state.type === "failed") this.load();
    else if (this.#state.type === "up") this.#ask();
  }

  fold(): void {
    if (this.element.open) this.element.close();
    window.clearTimeout(this.#look);
  }

  focus(): void {
    if (this.#state.type === "up") this.#frame?.focus();
    else this.#bar.querySelector("button")?.focus();
  }

  /** The frame from the beginning. */
  load(): void {
    this.#frame?.remove();
    const title = this.#settings.label ?? this.#words.call;
    const frame = make("iframe", { title, allow: "microphone; autoplay; screen-wake-lock" });
    // Again whenever it is loaded: a page change inside, or this site taking our element out and putting it back.
    frame.addEventListener("load", () => this.#ask());
    frame.src = this.#events.source();
    this.#frame = frame;
    this.#enter({ type: "loading" });
    this.#waitForWord(SPEAKS_WITHIN_MS);
    this.element.append(frame);
  }

  /** Our page spoke. */
  heard(): void {
    this.#heardWords += 1;
    window.clearTimeout(this.#deadline);
    window.clearTimeout(this.#look);
    this.#looks = 0;
    if (this.#state.type !== "up") this.#enter({ type: "up" });
  }

  /** Whether our page is there and lives: its process may have died without a word. */
  #ask(): void {
    this.window?.postMessage({ warmline: 1, type: "ping" }, this.#settings.origin);
    this.#waitForWord(ANSWERS_WITHIN_MS);
  }

  #waitForWord(atMostMs: number): void {
    window.clearTimeout(this.#deadline);
    this.#deadline = window.setTimeout(() => void this.#fail(), atMostMs);
  }

  async #fail(): Promise<void> {
    const { frame, heard } = { frame: this.#frame, heard: this.#heardWords };
    const found = await this.#reasons.find();
    // It spoke after all, or is another one by now.
    if (frame !== this.#frame || heard !== this.#heardWords) return;
    const reason = found === "ready" ? "unclear" : found;
    const isNews = this.#state.type !== "failed" || this.#state.reason !== reason;
    if (isNews) console.error(`Warmline: ${this.#reasons.explain(reason)}`);
    this.#enter({ type: "failed", reason });
    if (reason !== "policy") this.#lookLater();
  }

  /** Only while somebody looks: a folded panel tries anew when it is opened. */
  #lookLater(): void {
    window.clearTimeout(this.#look);
    if (!this.element.open) return;
    const afterMs = LOOKS_AFTER_MS[Math.min(this.#looks, LOOKS_AFTER_MS.length - 1)];
    this.#looks += 1;
    this.#look = window.setTimeout(() => void this.#lookNow(), afterMs);
  }

  async #lookNow(): Promise<void> {
    const found = await this.#reasons.find();
    if (this.#state.type !== "failed") return;
    // A reason that the server does not know of does not go away by asking it.
    if (found === "ready" && this.#state.reason !== "unclear") this.load();
    else this.#lookLater();
  }

  #enter(state: State): void {
    const focused = this.#root().activeElement;
    const hadFocus = this.#bar.contains(focused) || this.#note.contains(focused);
    this.#state = state;
    this.element.dataset["state"] = state.type;
    if (this.#frame !== null) this.#frame.hidden = state.type !== "up";
    this.#note.replaceChildren(...this.#said(state));
    if (hadFocus) this.focus();
  }

  #said(state: State): Node[] {
    if (state.type === "up") return [];
    if (state.type === "loading") return [make("p", {}, this.#words.connecting)];
    const { reason } = state;
    const said: Node[] = [make("p", {}, reasonInWords(reason, this.#words))];
    const tab = { class: "main", target: "_blank", rel: "noopener", href: this.#events.tab() };
    if (reason !== "away" && reason !== "unknown") said.push(make("a", tab, this.#words.ownTab));
    const { phone } = this.#settings;
    if (phone !== null) said.push(make("a", { class: "plain", href: `tel:${phone.replace(/[^+\d]/g, "")}` }, `☎ ${phone}`));
    return [...said, makeButton("plain", this.#words.again, () => this.load())];
  }

  #root(): ShadowRoot | Document {
    const root = this.element.getRootNode();
    return root instanceof ShadowRoot ? root : document;
  }
}
