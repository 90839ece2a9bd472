// What this site keeps over its page changes: that a call is on, and for a frame whose own storage is forbidden the
// pass to its call.

/** That a call is on, and whether its panel is folded. */
export interface Live {
  readonly address: string;
  readonly isFolded: boolean;
}

const LIVE_KEY = "warmline.live";
const PASS_KEY = "warmline.pass";

function read(storage: "sessionStorage" | "localStorage", key: string): string | null {
  try {
    return window[storage].getItem(key);
  } catch {
    return null;
  }
}

function write(storage: "sessionStorage" | "localStorage", key: string, value: string | null): void {
  try {
    if (value === null) window[storage].removeItem(key);
    else window[storage].setItem(key, value);
  } catch {
    // All storage is forbidden: the call then needs a click after a page change.
  }
}

/** Of this tab. */
export function recallLive(): Live | null {
  const [isFolded, address] = read("sessionStorage", LIVE_KEY)?.split(" ") ?? [];
  return address === undefined ? null : { address, isFolded: isFolded === "folded" };
}

export function rememberLive(live: Live | null): void {
  write("sessionStorage", LIVE_KEY, live && `${live.isFolded ? "folded" : "open"} ${live.address}`);
}

/** Of all tabs, as the page's own storage would be: a place that is kept outlives its tab. */
export function recallPass(address: string): string | null {
  return read("localStorage", `${PASS_KEY} ${address}`);
}

export function rememberPass(address: string, pass: string | null): void {
  write("localStorage", `${PASS_KEY} ${address}`, pass);
}
