// The customer's page: reads its address, checks the browser, and starts.

import "@warmline/kit/tokens.css";
import "./style.css";
import { textOn } from "./accent";
import { readAddress, type Address } from "./address";
import { App } from "./app";
import { Embedder } from "./embedder";
import type { Problem } from "./model/model";
import { keep, recall } from "./storage";
import { visitorOf } from "./visitor";
import { Shell } from "./view/shell";
import { chooseLanguage, LANGUAGES, type LanguageTag } from "./words/words";

const LANGUAGE_KEY = "warmline.language";

function problemOfBrowser(address: Address | null): Problem | null {
  if (address === null) return "bad_address";
  if (!window.isSecureContext) return "insecure";
  const canCall = "RTCPeerConnection" in window && "WebSocket" in window && "mediaDevices" in navigator;
  return canCall ? null : "unsupported";
}

function startLanguage(address: Address | null): LanguageTag {
  const kept = LANGUAGES.find(({ tag }) => tag === recall("local", LANGUAGE_KEY));
  if (kept !== undefined) return kept.tag;
  return chooseLanguage([...(address?.language ? [address.language] : []), ...navigator.languages]);
}

function dress(address: Address | null): void {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = (): void => {
    root.dataset.theme = dark.matches ? "dark" : "light";
  };
  dark.addEventListener("change", apply);
  apply();
  if (address?.accent === null || address?.accent === undefined) return;
  root.style.setProperty("--ember", address.accent);
  root.style.setProperty("--on-ember", textOn(address.accent));
}

const NOWHERE: Address = { base: "", organisation: "", queue: "", isEmbedded: false, accent: null, language: null, page: null, phone: null };

async function start(): Promise<void> {
  const embedder = window.parent === window ? null : new Embedder();
  const found = readAddress(location, document.referrer);
  dress(found);
  const isEmbedded = found?.isEmbedded === true && embedder !== null;
  // Anybody may write an address with a number in it; a site that shows this page has been allowed to.
  const address: Address = { ...(found ?? NOWHERE), phone: isEmbedded ? found.phone : null };
  const problem = problemOfBrowser(found);
  const visitor = await visitorOf(address.organisation, isEmbedded ? embedder : null);
  const ringing = (): { title: string; body: string } => shell.ringing();
  const app: App = new App({ address, visitor, problem }, () => shell.paint(app.model), ringing);
  const minimise = (): void => embedder?.tell({ type: "minimise" });
  let told = "";
  const shell: Shell = new Shell({
    app,
    language: startLanguage(found),
    chosen: (language) => keep("local", LANGUAGE_KEY, language),
    minimise: isEmbedded ? minimise : null,
    summarise: (shown, text) => {
      // A link that is still being tried has not ended anything.
      const stage = shown === "error" && app.model.link.type !== "closed" ? "intro" : shown;
      if (!isEmbedded || told === `${stage} ${text ?? ""}`) return;
      told = `${stage} ${text ?? ""}`;
      embedder?.tell({ type: "stage", stage, text });
    },
  });
  if (isEmbedded) {
    window.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented && !isComposing(event)) minimise();
    });
  }
  app.start();
  paintAlong(app, shell);
}

/** Keys of an input method are its own. Safari ends the composition before the key that ended it: only its code tells. */
function isComposing({ isComposing: isOn, keyCode }: KeyboardEvent): boolean {
  return isOn || keyCode === PROCESSED_BY_INPUT_METHOD;
}

/** UI Events, section 7.3.1. */
const PROCESSED_BY_INPUT_METHOD = 229;

/** Ten looks a second for the level while somebody looks, one for timers and the countdown. */
const LEVEL_MS = 100;
const LOOKS_A_SECOND = 10;

function paintAlong(app: App, shell: Shell): void {
  let looks = 0;
  window.setInterval(() => {
    looks = (looks + 1) % LOOKS_A_SECOND;
    const isWatched = app.model.view?.stage.type === "talking" && document.visibilityState === "visible";
    if (looks === 0 || isWatched) shell.paint(app.model);
  }, LEVEL_MS);
}

void start();
