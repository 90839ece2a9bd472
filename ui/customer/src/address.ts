// What the page's address says: which organisation and queue, and how the page is embedded.

import { accentOf } from "./accent";

/** Where this page stands and whom it calls. */
export interface Address {
  /** What stands before the page's own path: empty, or where a proxy put the server. */
  readonly base: string;
  readonly organisation: string;
  readonly queue: string;
  /** True inside the panel that `embed.js` opens on somebody's site. */
  readonly isEmbedded: boolean;
  /** The embedding site's colour, `#rrggbb`. */
  readonly accent: string | null;
  readonly language: string | null;
  /** A telephone number of the embedding site's, for when calls do not get through here. */
  readonly phone: string | null;
  /** The page the customer came from, without query and fragment: those may hold secrets of other sites. */
  readonly page: string | null;
}

const PATH = /^(.*)\/c\/([a-z][a-z0-9-]{0,39})\/([a-z0-9][a-z0-9-]{0,79})\/?$/;

/** Reads the address; `null` when it names no organisation and queue. */
export function readAddress(location: { pathname: string; search: string }, referrer: string): Address | null {
  const match = PATH.exec(location.pathname);
  const [base = "", organisation, queue] = match?.slice(1) ?? [];
  if (organisation === undefined || queue === undefined) return null;
  const search = new URLSearchParams(location.search);
  return {
    base,
    organisation,
    queue,
    isEmbedded: search.get("embed") === "1",
    accent: accentOf(search.get("accent")),
    language: search.get("lang"),
    phone: search.get("phone"),
    page: withoutSecrets(search.get("page") ?? referrer),
  };
}

/** Origin and path of an http(s) address, at most 200 characters. */
export function withoutSecrets(address: string): string | null {
  try {
    const url = new URL(address);
    if (url.protocol !== "https:" && url.protocol !== "http:") return null;
    return `${url.origin}${url.pathname}`.slice(0, 200);
  } catch {
    return null;
  }
}

/** The same page in a tab of its own, with what was typed: behind `#`, where no server sees it. */
export function ownTab(location: { href: string }, draft: Readonly<Record<string, string>>): string {
  const url = new URL(location.href);
  url.searchParams.delete("embed");
  const typed = Object.entries(draft).filter(([, value]) => value !== "");
  url.hash = new URLSearchParams(typed).toString();
  return url.href;
}
