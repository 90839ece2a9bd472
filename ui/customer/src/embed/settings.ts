// Whom the launcher calls and how it looks: from `Warmline.configure`, the script's attributes, and its address.

import { accentOf } from "../accent";
import { languageOf, type Language } from "./words";

const NAMES = ["server", "organisation", "queue", "accent", "label", "language", "side", "phone"] as const;

/** As a site gives them; none has to be there. */
export type Given = Readonly<Partial<Record<(typeof NAMES)[number], string>>>;

export interface Settings {
  /** Where Warmline is served, its path included, without a slash at the end. */
  readonly server: string;
  /** The origin that its page has. */
  readonly origin: string;
  readonly organisation: string;
  readonly queue: string;
  readonly accent: string | null;
  readonly label: string | null;
  readonly language: Language;
  readonly isLeft: boolean;
  /** A telephone number to offer when the call cannot work. */
  readonly phone: string | null;
}

/** The settings, or what is missing. */
export function settingsOf(given: Given): Settings | string {
  const { server, organisation, queue, accent, label, language, side, phone } = given;
  const missing = Object.entries({ server, organisation, queue }).filter(([, value]) => !value);
  if (!server || !organisation || !queue) {
    return `the launcher needs ${missing.map(([name]) => name).join(" and ")}: as data-… on its script, in the script's address, or by Warmline.configure({…})`;
  }
  let url: URL;
  try {
    url = new URL(server, location.href);
  } catch {
    return `server is no address: ${server}`;
  }
  return {
    server: `${url.origin}${url.pathname.replace(/\/+$/, "")}`,
    origin: url.origin,
    organisation,
    queue,
    accent: accentOf(accent),
    label: label || null,
    language: languageOf(language || document.documentElement.lang),
    isLeft: side === "left",
    phone: phone || null,
  };
}

/** The address of this very script: a module has no `currentScript`, but an error made in it names it. */
function ownAddress(script: HTMLScriptElement | null): URL | null {
  const fromError = /https?:\/\/[^\s)]*?\/embed\.js[^\s):]*/.exec(new Error("where").stack ?? "")?.[0];
  const address = script?.src || fromError;
  const url = address ? new URL(address) : null;
  // Packed into a script of the site's own, it stands at an address that says nothing of ours.
  return url !== null && url.pathname.endsWith("/embed.js") ? url : null;
}

/** What the script's address and its attributes say; the attributes go first. */
export function givenByScript(): Given {
  const current = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null;
  const url = ownAddress(current);
  const script = current ?? [...document.scripts].find(({ src }) => src === url?.href) ?? null;
  const given: Partial<Record<(typeof NAMES)[number], string>> = {};
  if (url !== null) given.server = new URL(".", url).href;
  for (const name of NAMES) {
    const value = script?.dataset[name] ?? url?.searchParams.get(name);
    if (value) given[name] = value;
  }
  return given;
}

/** What a site may set: texts under known names; anything else is left aside. */
export function givenByCall(value: unknown): Given {
  const given: Partial<Record<(typeof NAMES)[number], string>> = {};
  if (typeof value !== "object" || value === null) return given;
  for (const name of NAMES) {
    const text: unknown = Reflect.get(value, name);
    if (typeof text === "string" && text !== "") given[name] = text;
  }
  return given;
}
