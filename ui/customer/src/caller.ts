// What the browser tells about this caller, in words an agent can use. None of it is proof of anything.

import type { Caller } from "@warmline/protocol";
import type { Draft } from "./model/model";

interface Brands {
  readonly brands?: readonly { readonly brand: string }[];
  readonly platform?: string;
}

/** The parts of `navigator` that are read. */
export interface Browser {
  readonly userAgent: string;
  readonly language: string;
  readonly maxTouchPoints?: number;
  readonly userAgentData?: Brands;
}

/** Longest value of a field that the server takes, in characters. */
export const MAX_FIELD_CHARS = 200;

/** The caller of a `call` command: what was typed, what the browser says, where from. */
export function callerOf(
  draft: Draft, browser: Browser, place: string | null, page: string | null, recordingConsent: boolean | null,
): Caller {
  return {
    name: given(draft.name),
    phone: given(draft.phone),
    email: given(draft.email),
    topic: given(draft.topic),
    device: deviceInWords(browser),
    place,
    language: given(browser.language),
    page,
    recording_consent: recordingConsent,
  };
}

function given(value: string): string | null {
  const text = Array.from(value.trim()).slice(0, MAX_FIELD_CHARS).join("");
  return text === "" ? null : text;
}

/** "Chrome on Windows", "Safari on iPhone". */
export function deviceInWords(browser: Browser): string {
  const name = browserName(browser);
  const system = systemName(browser);
  if (name === null) return system ?? "Unknown browser";
  return system === null ? name : `${name} on ${system}`;
}

const BY_BRAND: readonly (readonly [string, string])[] = [
  ["Microsoft Edge", "Edge"],
  ["Opera", "Opera"],
  ["Samsung Internet", "Samsung Internet"],
  ["Google Chrome", "Chrome"],
  ["Chromium", "Chromium"],
];

/** The order matters: nearly every browser also says that it is Safari and Chrome. */
const BY_AGENT: readonly (readonly [RegExp, string])[] = [
  [/MicroMessenger/, "WeChat"],
  [/Edg(A|iOS)?\//, "Edge"],
  [/OPR\//, "Opera"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/(Firefox|FxiOS)\//, "Firefox"],
  [/(Chrome|CriOS)\//, "Chrome"],
  [/Safari\//, "Safari"],
];

function browserName({ userAgent, userAgentData }: Browser): string | null {
  const brands = userAgentData?.brands?.map(({ brand }) => brand) ?? [];
  const byBrand = BY_BRAND.find(([brand]) => brands.includes(brand));
  return byBrand?.[1] ?? BY_AGENT.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
}

function systemName({ userAgent, userAgentData, maxTouchPoints }: Browser): string | null {
  if (/iPhone|iPod/.test(userAgent)) return "iPhone";
  // An iPad says that it is a Mac, but no Mac has a touch screen.
  if (/iPad/.test(userAgent) || (/Macintosh/.test(userAgent) && (maxTouchPoints ?? 0) > 1)) return "iPad";
  const platform = userAgentData?.platform;
  if (platform !== undefined && platform !== "" && platform !== "Unknown") return platform;
  const systems: readonly (readonly [RegExp, string])[] = [
    [/Android/, "Android"],
    [/Windows/, "Windows"],
    [/CrOS/, "ChromeOS"],
    [/Mac OS X/, "macOS"],
    [/Linux/, "Linux"],
  ];
  return systems.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
}
