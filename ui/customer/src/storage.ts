// A few small things the browser remembers; private windows and embedding may forbid any of the places.

const memory = new Map<string, string>();

type Kind = "local" | "session";
type Place = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const YEAR_S = 31_536_000;

/**
 * A cookie of this site and the one around it together (`Partitioned`). Where a browser forbids a frame its storage, it
 * mostly allows this: it cannot follow anybody from one site to another. The server has no use for it.
 */
const jar: Place = {
  getItem: (key) => {
    const found = document.cookie.split("; ").find((cookie) => cookie.startsWith(`${key}=`));
    return found === undefined ? null : decodeURIComponent(found.slice(key.length + 1));
  },
  setItem: (key, value) => {
    bake(key, encodeURIComponent(value), YEAR_S);
    if (jar.getItem(key) !== value) throw new Error("no cookies here");
  },
  removeItem: (key) => bake(key, "", 0),
};

function bake(key: string, value: string, lifeS: number): void {
  // Of every queue's page, and of nothing else that is served there.
  const path = location.pathname.replace(/[^/]*\/[^/]*\/?$/, "");
  document.cookie = `${key}=${value}; Path=${path}; Max-Age=${lifeS}; SameSite=None; Secure; Partitioned`;
}

function places(kind: Kind): Place[] {
  const found: Place[] = [];
  const open = (name: "localStorage" | "sessionStorage"): void => {
    try {
      found.push(window[name]);
    } catch {
      // Reading the property itself throws where storage is forbidden.
    }
  };
  if (kind === "local") open("localStorage");
  if (kind === "local" && found.length === 0 && window.parent !== window) found.push(jar);
  open("sessionStorage");
  return found;
}

export function recall(kind: Kind, key: string): string | null {
  for (const place of places(kind)) {
    try {
      const value = place.getItem(key);
      if (value !== null) return value;
    } catch {
      continue;
    }
  }
  return memory.get(key) ?? null;
}

export function keep(kind: Kind, key: string, value: string): void {
  for (const place of places(kind)) {
    try {
      place.setItem(key, value);
      return;
    } catch {
      continue;
    }
  }
  memory.set(key, value);
}

export function forget(key: string): void {
  memory.delete(key);
  for (const place of places("local")) {
    try {
      place.removeItem(key);
    } catch {
      continue;
    }
  }
}

/** Whether anything outlives this page. */
export function canKeep(): boolean {
  const probe = "warmline.probe";
  return places("local").some((place) => {
    try {
      place.setItem(probe, "1");
      place.removeItem(probe);
      return true;
    } catch {
      return false;
    }
  });
}
