// A name, short enough for a circle.

/** The first letters of the first and last name; of a Chinese name its last two characters. */
export function initialsOf(name: string): string {
  const parts = name.trim().split(/\s+/).filter((part) => part !== "");
  const [first, last] = [parts[0] ?? "", parts.at(-1) ?? ""];
  if (/\p{Script=Han}/u.test(first)) return Array.from(first).slice(-2).join("");
  const letters = parts.length > 1 ? [first, last] : [first];
  return letters.map((part) => Array.from(part)[0] ?? "").join("").toUpperCase();
}
