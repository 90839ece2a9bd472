// Why the page does not come up in its frame: asked of the server, and heard from the browser.

import type { Settings } from "./settings";

export type Reason =
  /** The server, or the way to it, is down. */
  | "away"
  /** No such organisation or queue. */
  | "unknown"
  /** The server does not let this site show its page. */
  | "framing"
  /** This site's own content policy forbids it. */
  | "policy"
  | "unclear";

/** The server answers and would let the page come up. */
type Answer = Reason | "ready";

const ANSWER_WITHIN_MS = 5_000;

/** Watches from the beginning on: the browser tells of a violation once. */
export class Reasons {
  readonly #settings: Settings;
  #violated: string | null = null;

  constructor(settings: Settings) {
    this.#settings = settings;
    document.addEventListener("securitypolicyviolation", ({ blockedURI, effectiveDirective }) => {
      const isFrame = effectiveDirective === "frame-src" || effectiveDirective === "child-src";
      if (isFrame && blockedURI.startsWith(settings.origin)) this.#violated = effectiveDirective;
    });
  }

  async find(): Promise<Answer> {
    const { server, organisation, queue } = this.#settings;
    if (this.#violated !== null) return "policy";
    const check = `${server}/c/${encodeURIComponent(organisation)}/${encodeURIComponent(queue)}/check`;
    try {
      const answer = await fetch(check, { credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      if (!answer.ok) return "away";
      const { page, is_framing_allowed: isAllowed } = (await answer.json()) as { page: string; is_framing_allowed: boolean | null };
      if (page === "unknown") return "unknown";
      if (page !== "ready") return "away";
      return isAllowed === false ? "framing" : "ready";
    } catch {
      // Also where this site's policy forbids the question; then the frame's own silence is all there is.
      return "away";
    }
  }

  /** For the people who run this site: exactly what is the matter and who mends it. */
  explain(reason: Reason): string {
    const { server, organisation, queue, origin } = this.#settings;
    switch (reason) {
      case "away":
        return `${server} does not answer, or this site's connect-src forbids to ask it.`;
      case "unknown":
        return `${server} has no queue "${queue}" of an organisation "${organisation}".`;
      case "framing":
        return `${server} does not allow this site to show its page: its operator has to add "${location.origin}" to customer.framing_allowed_from.`;
      case "policy":
        return `this site's content policy forbids the frame: add ${origin} to its ${this.#violated ?? "frame-src"}.`;
      case "unclear":
        return `${server} answers, and its page does not come up in a frame; perhaps an extension keeps it.`;
    }
  }
}
