// Which keys do what. Answering needs three keys at once, so that no typing can ever do it.

export type Shortcut = "answer" | "decline" | "mute" | "hold" | "transfer" | "recording" | "hang_up" | "note" | "palette" | "work" | "customers" | "devices" | "administration" | "line";

/** As `aria-keyshortcuts` writes them. */
export const KEYS: Record<Shortcut, string> = {
  answer: "Control+Alt+A", decline: "Control+Alt+D", mute: "Control+Alt+M", hold: "Control+Alt+H", transfer: "Control+Alt+P",
  recording: "Control+Alt+R", hang_up: "Control+Alt+E",
  note: "Control+Alt+N", palette: "Control+K", work: "Control+1", customers: "Control+2", devices: "Control+3", administration: "Control+4", line: "Control+5",
};

export type KeyPress = {
  code: string; ctrlKey: boolean; altKey: boolean; shiftKey: boolean; metaKey: boolean; repeat: boolean; isAltGraph: boolean;
};

const WITH_ALT: Record<string, Shortcut> = {
  KeyA: "answer", KeyD: "decline", KeyM: "mute", KeyH: "hold", KeyP: "transfer", KeyR: "recording", KeyE: "hang_up", KeyN: "note",
};
const WITHOUT_ALT: Record<string, Shortcut> = {
  KeyK: "palette", Digit1: "work", Digit2: "customers", Digit3: "devices", Digit4: "administration", Digit5: "line",
};

/** AltGr also reports Control+Alt: there it types letters such as “ą”, so it is never a shortcut. */
export function shortcutOf(press: KeyPress): Shortcut | null {
  if (press.isAltGraph || press.shiftKey || press.repeat) return null;
  if (press.ctrlKey && press.altKey && !press.metaKey) return WITH_ALT[press.code] ?? null;
  if ((press.ctrlKey !== press.metaKey) && !press.altKey) return WITHOUT_ALT[press.code] ?? null;
  return null;
}
