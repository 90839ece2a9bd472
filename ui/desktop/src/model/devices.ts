// The order in which devices are used: what the user put in order first, then whatever else is plugged in.
import type { Device, DeviceChoice } from "@warmline/protocol";

export type DeviceRow = Device & { isPresent: boolean };

export function deviceOrder(choice: DeviceChoice): DeviceRow[] {
  const rows = new Map<string, DeviceRow>();
  for (const { id, name } of [...choice.preferred, ...choice.present]) {
    if (!rows.has(id)) rows.set(id, { id, name, isPresent: choice.present.some((one) => one.id === id) });
  }
  return [...rows.values()];
}

const devices = (choice: DeviceChoice): Device[] => deviceOrder(choice).map(({ id, name }) => ({ id, name }));

/** The whole order with the device `id` first. */
export function preferredFirst(choice: DeviceChoice, id: string): Device[] {
  const all = devices(choice);
  return [...all.filter((one) => one.id === id), ...all.filter((one) => one.id !== id)];
}

/** The whole order with the device `id` one place earlier. */
export function movedUp(choice: DeviceChoice, id: string): Device[] {
  const all = devices(choice);
  const at = all.findIndex((one) => one.id === id);
  const [before, moved] = [all[at - 1], all[at]];
  if (before === undefined || moved === undefined) return all;
  all.splice(at - 1, 2, moved, before);
  return all;
}
