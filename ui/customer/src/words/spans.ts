// A wait, rounded as people say it.

/** Minutes and seconds to say: to 10 s below five minutes, to the minute beyond. `null` when it is next to nothing. */
export function roundedWait(ms: number): { readonly minutes: number; readonly seconds: number } | null {
  if (ms <= 7_500) return null;
  const seconds = Math.ceil(ms / 10_000) * 10;
  if (seconds > 300) return { minutes: Math.ceil(seconds / 60), seconds: 0 };
  return { minutes: Math.floor(seconds / 60), seconds: seconds % 60 };
}

/** A limit as an operator sets it: whole hours where it is, else minutes. */
export function wholeLimit(ms: number): { readonly hours: number; readonly minutes: number } {
  const minutes = Math.round(ms / 60_000);
  return minutes % 60 === 0 ? { hours: minutes / 60, minutes: 0 } : { hours: 0, minutes };
}

/** A timer: "1:04", "1:00:03". */
export function clock(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1_000));
  const [hours, minutes, seconds] = [Math.floor(total / 3_600), Math.floor(total / 60) % 60, total % 60];
  const two = (value: number): string => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}
