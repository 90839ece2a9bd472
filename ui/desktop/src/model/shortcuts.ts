// Which keys do what. Answering needs three keys at once, so that no typing can ever do it.
//
// The letter that is printed on a key counts, not the key's place: on AZERTY and Dvorak they differ. Where keys carry
// letters of another script, or a composer swallows them, the place stands for the Latin letter that is printed beside.

export type Shortcut = "answer" | "decline" | "mute" | "hold" | "transfer" | "recording" | "hang_up" | "note" | "palette" | "work" | "customers" | "devices" | "administration" | "line";

/** As `aria-keyshortcuts` writes them. */
export const KEYS: Record<Shortcut, string> = {
  answer: "Control+Alt+A", decline: "Control+Alt+D", mute: "Control+Alt+M", hold: "Control+Alt+H", transfer: "Control+Alt+P",
  recording: "Control+Alt+R", hang_up: "Control+Alt+E",
  note: "Control+Alt+N", palette: "Control+K", work: "Control+1", customers: "Control+2", devices: "Control+3", administration: "Control+4", line: "Control+5",
};

export type KeyPress = {
  key: string; code: string; ctrlKey: boolean; altKey: boolean; shiftKey: boolean; metaKey: boolean; repeat: boolean; isAltGraph: boolean;
};

const WITH_ALT: Record<string, Shortcut> = {
  A: "answer", D: "decline", M: "mute", H: "hold", P: "transfer", R: "recording", E: "hang_up", N: "note",
};
const WITHOUT_ALT: Record<string, Shortcut> = { K: "palette", "1": "work", "2": "customers", "3": "devices", "4": "administration", "5": "line" };

/** What a composer or the system gives in place of a letter. */
const SWALLOWED = new Set(["Process", "Unidentified", "Dead"]);

/** The letter or digit that is printed on the key; `null` for every other key. */
function printed({ key, code }: KeyPress): string | null {
  if (/^[a-z0-9]$/i.test(key)) return key.toUpperCase();
  // AZERTY's digits need Shift: without it their keys give "&" or "é", and the digit is printed on them all the same.
  const digit = /^Digit(\d)$/.exec(code)?.[1];
  if (digit !== undefined) return digit;
  const isOfAnotherScript = /^\p{L}$/u.test(key) && !/^\p{Script=Latin}$/u.test(key);
  return isOfAnotherScript || SWALLOWED.has(key) ? /^Key([A-Z])$/.exec(code)?.[1] ?? null : null;
}

/** AltGr also reports Control+Alt: there it types letters such as “ą”, so it is never a shortcut. */
export function shortcutOf(press: KeyPress): Shortcut | null {
  if (press.isAltGraph || press.repeat) return null;
  const name = printed(press);
  // Shift makes another shortcut of a letter, but of AZERTY's digits only what is printed on them.
  if (name === null || (press.shiftKey && !(/^\d$/.test(name) && press.key === name))) return null;
  if (press.ctrlKey && press.altKey && !press.metaKey) return WITH_ALT[name] ?? null;
  if ((press.ctrlKey !== press.metaKey) && !press.altKey) return WITHOUT_ALT[name] ?? null;
  return null;
}
