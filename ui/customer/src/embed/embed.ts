// The launcher for other people's pages: one button that opens the customer's page in a panel. No dependency, no
// global but `Warmline`, and its looks live in a shadow root that the host's styles cannot reach.

import { accentOf, textOn } from "../accent";
import { css } from "./css";

type Language = "en" | "zh-Hans" | "zh-Hant";

const LABELS: Readonly<Record<Language, { readonly call: string; readonly open: string; readonly title: string }>> = {
  en: { call: "Call us", open: "Open the call", title: "Call" },
  "zh-Hans": { call: "与我们通话", open: "打开通话", title: "通话" },
  "zh-Hant": { call: "與我們通話", open: "開啟通話", title: "通話" },
};

/** Remembers over page changes that a call is on, so that the next page of the site brings it back. */
const LIVE_KEY = "warmline.live";
const LIVE = ["waiting", "kept", "called_back", "talking"];
const PHONE = "M13.832 16.568a1 1 0 0 0 1.213-.303l.355-.465A2 2 0 0 1 17 15h3a2 2 0 0 1 2 2v3a2 2 0 0 1-2 2A18 18 0 0 1 2 4a2 2 0 0 1 2-2h3a2 2 0 0 1 2 2v3a2 2 0 0 1-.8 1.6l-.468.351a1 1 0 0 0-.292 1.233 14 14 0 0 0 6.392 6.384";

interface Options {
  readonly server: string;
  readonly organisation: string;
  readonly queue: string;
  readonly accent: string | null;
  readonly label: string | null;
  readonly language: Language;
  readonly isLeft: boolean;
}

function optionsOf(script: HTMLScriptElement): Options | null {
  const { organisation, queue, accent, label, language, side } = script.dataset;
  if (organisation === undefined || queue === undefined) {
    console.error("Warmline: the script needs data-organisation and data-queue.");
    return null;
  }
  return {
    server: new URL(script.src).origin,
    organisation,
    queue,
    accent: accentOf(accent),
    label: label ?? null,
    language: languageOf(language ?? document.documentElement.lang ?? navigator.language),
    isLeft: side === "left",
  };
}

function languageOf(tag: string): Language {
  const wished = tag === "" ? navigator.language : tag;
  if (!/^(zh|yue)/i.test(wished)) return "en";
  return /hant|tw|hk|mo|yue/i.test(wished) ? "zh-Hant" : "zh-Hans";
}

class Launcher {
  readonly #options: Options;
  readonly #words: (typeof LABELS)[Language];
  readonly #button = document.createElement("button");
  readonly #text = document.createElement("span");
  readonly #panel = document.createElement("div");
  #frame: HTMLIFrameElement | null = null;

  constructor(options: Options) {
    this.#options = options;
    this.#words = LABELS[options.language];
    const host = document.createElement("div");
    host.id = "warmline";
    const root = host.attachShadow({ mode: "open" });
    dress(root, host, options);
    this.#button.type = "button";
    this.#button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${PHONE}"/></svg>`;
    this.#button.append(this.#text);
    this.#button.setAttribute("aria-expanded", "false");
    this.#button.setAttribute("aria-haspopup", "dialog");
    this.#button.addEventListener("click", () => this.open());
    this.#panel.className = "panel";
    this.#panel.hidden = true;
    this.#panel.setAttribute("role", "dialog");
    this.#panel.setAttribute("aria-label", options.label ?? this.#words.call);
    root.append(this.#panel, this.#button);
    this.#say(null);
    document.body.append(host);
    window.addEventListener("message", (event) => this.#hear(event));
    if (recall() === this.#address()) this.open(false);
  }

  readonly open = (takesFocus = true): void => {
    if (this.#frame === null) {
      const frame = document.createElement("iframe");
      frame.title = this.#options.label ?? this.#words.title;
      frame.allow = "microphone; autoplay; screen-wake-lock";
      frame.src = this.#address() + this.#search();
      this.#panel.append(frame);
      this.#frame = frame;
    }
    this.#panel.hidden = false;
    this.#button.hidden = true;
    this.#button.setAttribute("aria-expanded", "true");
    if (takesFocus) this.#frame.focus();
  };

  /** Folds the panel away; the call inside goes on. */
  readonly minimise = (): void => {
    const hadFocus = this.#panel.contains(this.#root().activeElement);
    this.#panel.hidden = true;
    this.#button.hidden = false;
    this.#button.setAttribute("aria-expanded", "false");
    if (hadFocus) this.#button.focus();
  };

  #root(): ShadowRoot | Document {
    const root = this.#panel.getRootNode();
    return root instanceof ShadowRoot ? root : document;
  }

  #hear(event: MessageEvent): void {
    const isOurs = event.origin === this.#options.server && event.source === this.#frame?.contentWindow;
    const data: unknown = event.data;
    if (!isOurs || typeof data !== "object" || data === null) return;
    const { type, stage, text } = data as Readonly<Record<string, unknown>>;
    if (type === "minimise") this.minimise();
    if (type !== "stage") return;
    const isLive = LIVE.includes(String(stage));
    this.#button.toggleAttribute("data-live", isLive);
    this.#say(isLive && typeof text === "string" ? text : null);
    // An interlude such as reconnecting after a page change is no end.
    if (stage !== "intro") remember(isLive ? this.#address() : null);
    // Who is called back should see it; what they are doing on the site keeps the focus.
    if (stage === "called_back") this.open(false);
  }

  #say(live: string | null): void {
    this.#text.textContent = live ?? this.#options.label ?? this.#words.call;
    if (live === null) this.#button.removeAttribute("aria-label");
    else this.#button.setAttribute("aria-label", `${this.#words.open} · ${live}`);
  }

  #address(): string {
    const { server, organisation, queue } = this.#options;
    return `${server}/c/${encodeURIComponent(organisation)}/${encodeURIComponent(queue)}`;
  }

  #search(): string {
    const { accent, language } = this.#options;
    const page = location.origin + location.pathname;
    const search = new URLSearchParams({ embed: "1", lang: language, page });
    if (accent !== null) search.set("accent", accent);
    return `?${search}`;
  }
}

/** A constructed sheet, because the host's content policy may forbid style elements. */
function dress(root: ShadowRoot, host: HTMLElement, { accent, isLeft }: Options): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  const colour = accent ?? "#c8441b";
  host.style.setProperty("--accent", colour);
  host.style.setProperty("--on-accent", textOn(colour));
  host.toggleAttribute("data-left", isLeft);
}

function recall(): string | null {
  try {
    return sessionStorage.getItem(LIVE_KEY);
  } catch {
    return null;
  }
}

function remember(address: string | null): void {
  try {
    if (address === null) sessionStorage.removeItem(LIVE_KEY);
    else sessionStorage.setItem(LIVE_KEY, address);
  } catch {
    // Storage is forbidden: the call then needs a click after a page change.
  }
}

function begin(script: typeof document.currentScript): void {
  const options = script instanceof HTMLScriptElement ? optionsOf(script) : null;
  if (options === null || document.getElementById("warmline") !== null) return;
  const start = (): void => {
    const { open, minimise } = new Launcher(options);
    Object.assign(window, { Warmline: { open: () => open(), minimise } });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start, { once: true });
  else start();
}

begin(document.currentScript);
