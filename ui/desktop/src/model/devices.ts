// The order in which devices are used: what the user put in order first, then whatever else is plugged in.
import type { DeviceChoice } from "@warmline/protocol";

export type DeviceRow = { name: string; isPresent: boolean };

export function deviceOrder(choice: DeviceChoice): DeviceRow[] {
  const names = [...choice.preferred, ...choice.present.filter((name) => !choice.preferred.includes(name))];
  return [...new Set(names)].map((name) => ({ name, isPresent: choice.present.includes(name) }));
}

/** The whole order with `name` first. */
export function preferredFirst(choice: DeviceChoice, name: string): string[] {
  return [name, ...deviceOrder(choice).map((row) => row.name).filter((other) => other !== name)];
}

/** The whole order with `name` one place earlier. */
export function movedUp(choice: DeviceChoice, name: string): string[] {
  const names = deviceOrder(choice).map((row) => row.name);
  const at = names.indexOf(name);
  const before = names[at - 1];
  if (at < 1 || before === undefined) return names;
  names.splice(at - 1, 2, name, before);
  return names;
}
