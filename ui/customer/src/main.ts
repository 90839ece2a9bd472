// The customer's page: reads its address, checks the browser, and starts.

import "@warmline/kit/tokens.css";
import "./style.css";
import { textOn } from "./accent";
import { readAddress, type Address } from "./address";
import { App } from "./app";
import type { Problem } from "./model/model";
import { keep, recall } from "./storage";
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

/** Speaks to the page that embeds this one; only the stage and a short word on it, never a name. */
function tellEmbedder(message: Readonly<Record<string, unknown>>): void {
  window.parent.postMessage({ warmline: 1, ...message }, "*");
}

function start(): void {
  const address = readAddress(location, document.referrer);
  dress(address);
  const problem = problemOfBrowser(address);
  const isEmbedded = address?.isEmbedded === true && window.parent !== window;
  const place = address ?? { organisation: "", queue: "", isEmbedded: false, accent: null, language: null, page: null };
  const ringing = (): { title: string; body: string } => shell.ringing();
  const app: App = new App(place, problem, () => shell.paint(app.model), ringing);
  const minimise = (): void => tellEmbedder({ type: "minimise" });
  let told = "";
  const shell: Shell = new Shell({
    app,
    language: startLanguage(address),
    chosen: (language) => keep("local", LANGUAGE_KEY, language),
    minimise: isEmbedded ? minimise : null,
    summarise: (stage, text) => {
      if (!isEmbedded || told === `${stage} ${text ?? ""}`) return;
      told = `${stage} ${text ?? ""}`;
      tellEmbedder({ type: "stage", stage, text });
    },
  });
  if (isEmbedded) {
    window.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") minimise();
    });
  }
  app.start();
  paintAlong(app, shell);
}

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

start();
