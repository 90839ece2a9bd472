// The launcher: one button that opens the customer's page in a panel, on whatever the site does to its own page.

import { Knob } from "./knob";
import { recallLive, recallPass, rememberLive, rememberPass } from "./kept";
import { Panel } from "./panel";
import { Reasons } from "./reason";
import type { Settings } from "./settings";
import { raise, TopLayer } from "./top";
import { WORDS, type Words } from "./words";

const LIVE = ["waiting", "kept", "called_back", "talking"];

export class Launcher {
  readonly settings: Settings;
  readonly #words: Words;
  readonly #knob: Knob;
  readonly #panel: Panel;
  readonly #stop = new AbortController();
  readonly #observer: MutationObserver;
  #isOpen = false;
  /** By the page's last word, or by what this tab remembers until it speaks. */
  #isLive = false;
  #said: string | null = null;
  /** The button's twin within the site's modal dialog. */
  #twin: Knob | null = null;
  #modal: HTMLDialogElement | null = null;

  constructor(settings: Settings) {
    this.settings = settings;
    this.#words = WORDS[settings.language];
    this.#knob = new Knob(settings, this.#words, () => this.open());
    this.#panel = new Panel(settings, this.#words, new Reasons(settings), {
      source: () => this.#address() + this.#search(true),
      tab: () => this.#address() + this.#search(false),
      close: () => this.minimise(),
    });
    this.#knob.shell.prepend(this.#panel.element);
    const { signal } = this.#stop;
    window.addEventListener("message", (event) => this.#hear(event), { signal });
    this.#observer = new MutationObserver(() => this.attach());
    new TopLayer((node) => this.#isOurs(node), (modal, mayRaise) => this.#stand(modal, mayRaise));
    this.attach();
    const live = recallLive();
    if (live?.address !== this.#address()) return;
    this.#isLive = true;
    if (live.isFolded) this.#panel.load();
    else this.open(false);
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  /** Puts our element where it belongs. Beside the body, because sites swap that; back in, where they swap more. */
  attach(): void {
    const { host } = this.#knob;
    const isGone = !host.isConnected && !this.#stop.signal.aborted;
    if (isGone) {
      document.documentElement.append(host);
      raise(host);
    }
    this.#observer.disconnect();
    this.#observer.observe(document, { childList: true });
    this.#observer.observe(document.documentElement, { childList: true });
  }

  open(takesFocus = true): void {
    this.attach();
    this.#isOpen = true;
    this.#panel.open(this.#modal !== null);
    this.#knob.button.hidden = true;
    this.#knob.button.ariaExpanded = "true";
    this.#remember();
    if (takesFocus) this.#panel.focus();
  }

  /** Folds the panel away; the call inside goes on. */
  minimise(): void {
    const hadFocus = this.#panel.element.contains(this.#knob.root.activeElement);
    this.#isOpen = false;
    this.#panel.fold();
    this.#knob.button.hidden = false;
    this.#knob.button.ariaExpanded = "false";
    this.#remember();
    if (hadFocus) (this.#twin ?? this.#knob).button.focus();
  }

  /** Leaves the site's page; for other settings in its place. */
  remove(): void {
    this.#stop.abort();
    this.#observer.disconnect();
    this.#twin?.host.remove();
    this.#knob.host.remove();
  }

  #isOurs(node: Node): boolean {
    return node === this.#knob.host || node === this.#twin?.host || node === this.#panel.element;
  }

  /** Something entered the site's top layer or left it. */
  #stand(modal: HTMLDialogElement | null, mayRaise: boolean): void {
    if (this.#stop.signal.aborted) return;
    const isNew = modal !== this.#modal;
    this.#modal = modal;
    if (isNew) {
      this.#twin?.host.remove();
      this.#twin = null;
      // The site's dialog was opened just now and comes first; the call is a press away.
      if (modal !== null && this.#isOpen) this.minimise();
      // Nothing to be modal above any more.
      if (modal === null && this.#isOpen) this.open(false);
    }
    if (modal !== null && this.#twin === null) {
      this.#twin = new Knob(this.settings, this.#words, () => this.open());
      this.#twin.say(this.#said);
      modal.append(this.#twin.host);
    }
    if (mayRaise && !this.#panel.element.matches(":modal")) raise((this.#twin ?? this.#knob).host);
  }

  #hear(event: MessageEvent): void {
    const isOurs = event.origin === this.settings.origin && event.source === this.#panel.window;
    const data: unknown = event.data;
    if (!isOurs || typeof data !== "object" || data === null) return;
    const { type, stage, text, pass } = data as Readonly<Record<string, unknown>>;
    this.#panel.heard();
    switch (type) {
      case "hello":
        return this.#panel.window?.postMessage({ warmline: 1, type: "welcome", pass: recallPass(this.#address()) }, this.settings.origin);
      case "keep":
        return rememberPass(this.#address(), typeof pass === "string" ? pass : null);
      case "minimise":
        return this.minimise();
      case "stage":
        return this.#show(String(stage), typeof text === "string" ? text : null);
    }
  }

  #show(stage: string, text: string | null): void {
    // An interlude such as reconnecting after a page change is no end.
    if (stage === "intro") return;
    this.#isLive = LIVE.includes(stage);
    this.#said = this.#isLive ? text : null;
    this.#knob.say(this.#said);
    this.#twin?.say(this.#said);
    this.#remember();
    // Who is called back should see it; what they are doing on the site keeps the focus.
    if (stage === "called_back" && !this.#isOpen) this.open(false);
  }

  #remember(): void {
    if (!this.#panel.hasFrame) return;
    rememberLive(this.#isLive ? { address: this.#address(), isFolded: !this.#isOpen } : null);
  }

  #address(): string {
    const { server, organisation, queue } = this.settings;
    return `${server}/c/${encodeURIComponent(organisation)}/${encodeURIComponent(queue)}`;
  }

  #search(isFrame: boolean): string {
    const { accent, language, phone } = this.settings;
    const search = new URLSearchParams({ lang: language, page: location.origin + location.pathname });
    if (isFrame) search.set("embed", "1");
    if (isFrame && phone !== null) search.set("phone", phone);
    if (accent !== null) search.set("accent", accent);
    return `?${search}`;
  }
}
