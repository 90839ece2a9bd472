// Spans and moments as people read them. All moments are the server's clock; the screen adds the offset once.
import type { Millis } from "@warmline/protocol";

/** "4:12", from an hour "1:04:12"; never negative. */
export function clock(span: Millis): string {
  const total = Math.max(0, Math.floor(span / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  const seconds = String(total % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
}

/** "04:12", so that a running timer does not change its width in the first ten minutes. */
export function timer(span: Millis): string {
  const text = clock(span);
  return text.length < 5 ? `0${text}` : text;
}

/** The whole seconds left until `deadline`, rounded up so that zero means over. */
export function secondsLeft(deadline: Millis, now: Millis): number {
  return Math.max(0, Math.ceil((deadline - now) / 1000));
}

/** The share of `since..deadline` that is left, 0–100. */
export function shareLeft(since: Millis, deadline: Millis, now: Millis): number {
  if (deadline <= since) return 0;
  return Math.max(0, Math.min(100, ((deadline - now) / (deadline - since)) * 100));
}

/** The time of day, "13:58". */
export function timeOfDay(at: Millis, locale: string): string {
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}

/** "13:58" today, "18 Nov" this year, "18 Nov 2023" before. */
export function day(at: Millis, now: Millis, locale: string): string {
  const then = new Date(at);
  const today = new Date(now);
  if (then.toDateString() === today.toDateString()) return timeOfDay(at, locale);
  const year = then.getFullYear() === today.getFullYear() ? undefined : "numeric";
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year }).format(at);
}

export function isToday(at: Millis, now: Millis): boolean {
  return new Date(at).toDateString() === new Date(now).toDateString();
}
