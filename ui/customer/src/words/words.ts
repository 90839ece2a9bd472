// Everything this page says: one catalogue a language, checked for completeness by its type.

import type { Problem, Quality } from "../model/model";
import { en } from "./en";
import { zhHans } from "./zh-hans";
import { zhHant } from "./zh-hant";

export type LanguageTag = "en" | "zh-Hans" | "zh-Hant";

/** What happened, and what to do next. */
export interface Advice {
  readonly title: string;
  readonly what: string;
  readonly steps: readonly string[];
}

export interface Words {
  readonly language: string;
  readonly close: string;
  readonly connecting: string;
  readonly greet: (name: string | null) => string;
  readonly explain: string;
  readonly microphoneTitle: string;
  readonly microphoneWhy: string;
  /** That it is up to them, before the question. */
  readonly recordingWhy: string;
  readonly recordingAllow: string;
  readonly recorded: string;
  readonly recordingPaused: string;
  readonly name: string;
  readonly phone: string;
  readonly email: string;
  readonly topic: string;
  readonly optional: string;
  readonly topicHint: string;
  readonly call: string;
  readonly askingMicrophone: string;
  readonly calling: string;
  readonly cancel: string;
  readonly leave: string;
  /** The large figure: "2nd". */
  readonly place: (position: number) => string;
  readonly inLine: string;
  readonly about: (wait: string) => string;
  readonly noExpectation: string;
  readonly duration: (ms: number) => string;
  readonly ringing: string;
  readonly ringingNote: string;
  readonly waitNote: string;
  readonly read: string;
  readonly microphoneReady: string;
  readonly microphoneAsking: string;
  readonly microphoneOff: string;
  readonly musicOn: string;
  readonly musicOff: string;
  readonly progress: string;
  readonly talkingWith: (agent: string) => string;
  readonly connectingVoice: string;
  readonly mute: string;
  readonly unmute: string;
  readonly muted: string;
  readonly hangUp: string;
  readonly held: string;
  readonly passedOn: (from: string, to: string) => string;
  readonly agentGone: (agent: string, to: string) => string;
  readonly joined: (name: string) => string;
  readonly agentAway: (agent: string) => string;
  readonly linkLostWaiting: string;
  readonly linkLostTalking: string;
  readonly ending: string;
  readonly pathInterrupted: string;
  readonly level: string;
  readonly quality: Readonly<Record<Quality, string>>;
  readonly soundBlocked: string;
  readonly soundOn: string;
  readonly ended: string;
  readonly endedWaiting: string;
  readonly talkedFor: (duration: string) => string;
  readonly rate: string;
  readonly star: (stars: number) => string;
  readonly rated: string;
  readonly again: string;
  readonly retry: string;
  readonly reload: string;
  readonly back: string;
  readonly useHere: string;
  readonly listenOnly: string;
  readonly stillTrying: string;
  /** A telephone number of the site around this page. */
  readonly phoneUs: (number: string) => string;
  readonly ownTab: string;
  /** Before a call that a change of the page would end. */
  readonly ownTabWhy: string;
  readonly brokenOff: string;
  readonly brokenTalk: (agent: string | null) => string;
  readonly brokenWait: string;
  readonly comeBack: (agent: string | null) => string;
  readonly notNeeded: string;
  readonly announcePlace: (place: string, wait: string | null) => string;
  readonly keepPlace: string;
  readonly keepPlaceNote: string;
  readonly keptTitle: string;
  readonly keptShort: string;
  /** A limit in whole hours or minutes: "2 hours". */
  readonly limit: (ms: number) => string;
  readonly keptNote: (limit: string) => string;
  readonly nextTry: (wait: string) => string;
  readonly missedTries: (tries: number, left: number) => string;
  readonly rings: string;
  readonly ringsWithNotice: string;
  readonly ringNeedsTap: string;
  readonly hereNow: string;
  readonly waitOnLine: string;
  readonly givePlaceUp: string;
  readonly calledTitle: (agent: string) => string;
  readonly calledNote: string;
  readonly calledMicrophone: string;
  readonly secondsLeft: (seconds: number) => string;
  readonly answer: string;
  readonly notNow: string;
  readonly missedTitle: string;
  readonly missedNote: string;
  readonly removedTitle: string;
  readonly removedNote: string;
  readonly placeNotKept: string;
  readonly tryAgainIn: (wait: string) => string;
  readonly usualWait: (wait: string) => string;
  /** On the clock of whoever reads it. */
  readonly opensAt: (at: Date) => string;
  readonly desk: Readonly<Record<"closed" | "full", { readonly title: string; readonly note: string }>>;
  readonly problems: Readonly<Record<Problem, Advice>>;
}

export const LANGUAGES: readonly { readonly tag: LanguageTag; readonly own: string; readonly words: Words }[] = [
  { tag: "en", own: "English", words: en },
  { tag: "zh-Hans", own: "简体中文", words: zhHans },
  { tag: "zh-Hant", own: "繁體中文", words: zhHant },
];

export function wordsOf(tag: LanguageTag): Words {
  return LANGUAGES.find((language) => language.tag === tag)?.words ?? en;
}

/** The first of the wished languages (BCP 47) that this page speaks. */
export function chooseLanguage(wished: readonly string[]): LanguageTag {
  for (const tag of wished) {
    const parts = tag.toLowerCase().split(/[-_]/);
    if (parts[0] === "en") return "en";
    if (parts[0] !== "zh" && parts[0] !== "yue") continue;
    if (parts.includes("hans")) return "zh-Hans";
    const isTraditional = parts[0] === "yue" || ["hant", "tw", "hk", "mo"].some((part) => parts.includes(part));
    return isTraditional ? "zh-Hant" : "zh-Hans";
  }
  return "en";
}
