// A few small things the browser remembers; private windows and embedding may forbid any of the places.

const memory = new Map<string, string>();

type Kind = "local" | "session";

function places(kind: Kind): Storage[] {
  const found: Storage[] = [];
  // Reading the property itself throws where storage is forbidden.
  for (const name of kind === "local" ? (["localStorage", "sessionStorage"] as const) : (["sessionStorage"] as const)) {
    try {
      found.push(window[name]);
    } catch {
      continue;
    }
  }
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
