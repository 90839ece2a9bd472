// By what this browser's visitor is known again: the page's own storage, or a pass that the site around it keeps.

import type { Embedder } from "./embedder";
import { canKeep, forget, keep, recall } from "./storage";

export interface Visitor {
  readonly token: () => string | null;
  /** The site that keeps the token: it is good for a call from there and for nothing else. */
  readonly site: string | null;
  /** False when a change of the page would lose the call. */
  readonly isKept: boolean;
  readonly keep: (token: string) => void;
  readonly forget: () => void;
  /** Whether there is a call, a place or a just ended call to come back to. */
  readonly isNeeded: (isNeeded: boolean) => void;
}

const nothing = (): void => undefined;

function inOwnStorage(key: string, isKept: boolean): Visitor {
  return {
    token: () => recall("local", key),
    site: null,
    isKept,
    keep: (token) => keep("local", key, token),
    forget: () => forget(key),
    isNeeded: nothing,
  };
}

/** The site is trusted with no more than the call: it is given the pass when one begins, and told to drop it after. */
function keptBySite(embedder: Embedder, site: string, pass: string | null): Visitor {
  let token = pass;
  let isGiven = pass !== null;
  return {
    token: () => token,
    site,
    isKept: true,
    keep: (given) => {
      token = given;
    },
    forget: () => {
      token = null;
      isGiven = false;
      embedder.keep(null);
    },
    isNeeded: (isNeeded) => {
      if (isNeeded === isGiven) return;
      isGiven = isNeeded;
      embedder.keep(isNeeded ? token : null);
    },
  };
}

export async function visitorOf(organisation: string, embedder: Embedder | null): Promise<Visitor> {
  const key = `warmline.visitor.${organisation}`;
  if (embedder === null || canKeep()) return inOwnStorage(key, true);
  const welcome = await embedder.welcome();
  return welcome === null ? inOwnStorage(key, false) : keptBySite(embedder, welcome.site, welcome.pass);
}
