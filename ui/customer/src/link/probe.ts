// Why no link comes to be: asked over HTTP, which mostly gets through where a WebSocket does not.

import type { Found } from "../model/step";

const ANSWER_WITHIN_MS = 5_000;

/** `page` is the page's own address without search; `attempt` the name of the try that failed, `again` says that the one before was blocked, too. */
export async function probe(page: string, attempt: string, again: boolean): Promise<Found> {
  try {
    const address = `${page.replace(/\/$/, "")}/check?try=${attempt}&again=${again}`;
    const answer = await fetch(address, { cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    if (!answer.ok) return "away";
    const { link } = (await answer.json()) as { link?: string };
    if (link === "full" || link === "stripped") return link;
    return link === "nothing" ? "blocked" : "away";
  } catch (error) {
    // An answer that is no JSON came from somebody else.
    return error instanceof SyntaxError ? "away" : "silence";
  }
}

/** For the console: whoever runs the page finds the fault there. */
export function explain(found: Found, address: string): string | null {
  switch (found) {
    case "silence":
      return null;
    case "away":
      return `Warmline: ${address} is not reached; what answers in its place is not Warmline, perhaps its proxy.`;
    case "full":
      return `Warmline: the server has no place for another link (limits.connections).`;
    case "stripped":
      return `Warmline: ${address} arrives at the server without its Upgrade header. The proxy before the server has to pass "Upgrade" and "Connection: upgrade" on.`;
    case "blocked":
      return `Warmline: the server answers over HTTP, and ${address} does not arrive there. A proxy or a firewall between lets no WebSocket through.`;
  }
}
