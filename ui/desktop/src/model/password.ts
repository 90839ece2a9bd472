// A new password as it is typed: what can be said of it here. Whether it is easily guessed only the server says.
import type { Key } from "../i18n";

/** The shortest and the longest that the server takes, in characters. */
export const MIN_PASSWORD_CHARS = 8;
export const MAX_PASSWORD_CHARS = 1000;

export type PasswordError = { field: "first" | "second"; key: Key; values: Record<string, string | number> };

/** What is wrong with a new password that was typed twice, or nothing. */
export function newPasswordError(first: string, second: string): PasswordError | null {
  const length = [...first].length;
  if (length < MIN_PASSWORD_CHARS) return { field: "first", key: "password.short", values: { n: MIN_PASSWORD_CHARS } };
  if (length > MAX_PASSWORD_CHARS) return { field: "first", key: "password.long", values: { n: MAX_PASSWORD_CHARS } };
  return first === second ? null : { field: "second", key: "password.differs", values: {} };
}
