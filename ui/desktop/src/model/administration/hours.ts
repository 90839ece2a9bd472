// Business hours as they are edited: times of day, a week's openings, and holidays.
import type { OpeningSettings, ReadHours, ScheduleSettings, SpanSettings, Weekday } from "@warmline/protocol";

export const DAYS: readonly Weekday[] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const MINUTES_A_DAY = 1_440;

/** A day's name in the reader's language; 2024-01-01 was a Monday. */
export function dayName(day: Weekday, locale: string): string {
  return new Intl.DateTimeFormat(locale, { weekday: "long", timeZone: "UTC" }).format(Date.UTC(2024, 0, 1 + DAYS.indexOf(day)));
}

/** "9", "930", "9.30" and "9：30" are what people type for 09:00 and 09:30; what is no time stays as it is. */
export function asTime(typed: string): string {
  const match = /^(\d{1,2})(?:[:.：]?(\d{2}))?$/.exec(typed.normalize("NFKC").trim());
  if (match === null) return typed;
  const [hours, minutes] = [Number(match[1]), Number(match[2] ?? "0")];
  const isTime = minutes < 60 && hours * 60 + minutes <= MINUTES_A_DAY;
  return isTime ? `${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}` : typed;
}

export function minutesOf(time: string): number | null {
  const match = /^(\d{2}):(\d{2})$/.exec(time);
  if (match === null) return null;
  const minutes = Number(match[1]) * 60 + Number(match[2]);
  return Number(match[2]) < 60 && minutes <= MINUTES_A_DAY ? minutes : null;
}

/** A span that ends after it begins, on a clock of 24 hours. */
export function isSpan({ from, to }: SpanSettings): boolean {
  const [begins, ends] = [minutesOf(from), minutesOf(to)];
  return begins !== null && ends !== null && begins < ends;
}

/** Where an opening stands on a day's bar: shares of the day, 0 to 100. */
export function shareOf({ from, to }: SpanSettings): { left: number; width: number } | null {
  const [begins, ends] = [minutesOf(from), minutesOf(to)];
  if (begins === null || ends === null || begins >= ends) return null;
  return { left: (begins / MINUTES_A_DAY) * 100, width: ((ends - begins) / MINUTES_A_DAY) * 100 };
}

/** One more opening after the last: an hour later, or the usual hours on an empty day. */
export function nextSpan(spans: readonly SpanSettings[]): SpanSettings {
  const ends = minutesOf(spans.at(-1)?.to ?? "");
  if (ends === null || ends + 60 >= MINUTES_A_DAY) return { from: "09:00", to: "18:00" };
  const clock = (minutes: number) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  return { from: clock(ends + 60), to: clock(Math.min(ends + 240, MINUTES_A_DAY)) };
}

export function spansOn(schedule: ScheduleSettings, day: Weekday): SpanSettings[] {
  return schedule.weekly.filter((opening) => opening.day === day).map(({ from, to }) => ({ from, to }));
}

/** The week with these openings on that day; days stay in the week's order. */
export function withDay(schedule: ScheduleSettings, day: Weekday, spans: readonly SpanSettings[]): ScheduleSettings {
  const weekly: OpeningSettings[] = DAYS.flatMap((one) => (one === day ? spans : spansOn(schedule, one)).map(({ from, to }) => ({ day: one, from, to })));
  return { ...schedule, weekly };
}

/** Tuesday to Friday as Monday is. */
export function likeMonday(schedule: ScheduleSettings): ScheduleSettings {
  const monday = spansOn(schedule, "monday");
  return DAYS.slice(1, 5).reduce((week, day) => withDay(week, day, monday), schedule);
}

/** The schedule with what was read: a week takes the week's place; days take the place of days of the same date. */
export function withRead(schedule: ScheduleSettings, read: ReadHours): ScheduleSettings {
  const dates = new Set(read.holidays.map(({ date }) => date));
  const holidays = [...schedule.holidays.filter(({ date }) => !dates.has(date)), ...read.holidays];
  holidays.sort((one, other) => one.date.localeCompare(other.date));
  return { ...schedule, weekly: read.weekly ?? schedule.weekly, holidays };
}
