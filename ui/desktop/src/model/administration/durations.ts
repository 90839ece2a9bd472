// Spans of time in people's units: entered as a number and a unit, told as "1 min 30 s".
import type { Key, Params } from "../../i18n";

export type Unit = "s" | "min" | "h";

const MS: Record<Unit, number> = { s: 1_000, min: 60_000, h: 3_600_000 };
export const UNITS: readonly Unit[] = ["s", "min", "h"];

export type Span = { amount: number; unit: Unit };

/** In the largest unit that divides it; hours only from two on, because "90 min" and "60 min" are how people say it. */
export function spanOf(ms: number): Span {
  const isWhole = (unit: Unit) => ms > 0 && ms % MS[unit] === 0;
  if (isWhole("h") && ms >= 2 * MS.h) return { amount: ms / MS.h, unit: "h" };
  if (isWhole("min")) return { amount: ms / MS.min, unit: "min" };
  return { amount: ms / MS.s, unit: "s" };
}

export function msOf({ amount, unit }: Span): number {
  return Math.round(Math.max(0, amount) * MS[unit]);
}

type Say = (key: Key, params?: Params) => string;

/** "0 s", "45 s", "1 min 30 s", "2 h". */
export function durationText(ms: number, t: Say): string {
  const h = Math.floor(ms / MS.h);
  const min = Math.floor((ms % MS.h) / MS.min);
  const s = Math.round((ms % MS.min) / 100) / 10;
  const parts = [
    h > 0 ? t("unit.h", { n: h }) : "", min > 0 ? t("unit.min", { n: min }) : "", s > 0 || ms < MS.s ? t("unit.s", { n: s }) : "",
  ].filter((part) => part !== "");
  return parts.join(" ");
}
