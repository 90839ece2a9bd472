// A queue's line as a supervisor looks at it: who is shown, who is marked, and what a mark still means later.
import type { InteractionId, LineEntry } from "@warmline/protocol";

/** An address from which several wait, and how many. */
export type Crowd = { readonly address: string; readonly count: number };

/** Addresses from which more than one waits, the most crowded first. */
export function crowds(entries: readonly LineEntry[]): Crowd[] {
  const counts = new Map<string, number>();
  for (const { address } of entries) if (address !== null) counts.set(address, (counts.get(address) ?? 0) + 1);
  return [...counts].map(([address, count]) => ({ address, count })).filter(({ count }) => count > 1).sort((a, b) => b.count - a.count || a.address.localeCompare(b.address));
}

/** Those that are meant: of one address, or with these letters in name, number, topic or address. */
export function shownOf(entries: readonly LineEntry[], address: string | null, query: string): LineEntry[] {
  const words = query.trim().toLowerCase().split(/\s+/);
  return entries.filter((entry) => {
    if (address !== null && entry.address !== address) return false;
    const text = [entry.name, entry.phone, entry.topic, entry.address].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** What was marked and still waits: nobody is taken out who was not looked at. */
export function stillThere(marked: ReadonlySet<InteractionId>, entries: readonly LineEntry[]): Set<InteractionId> {
  return new Set(entries.map(({ interaction }) => interaction).filter((interaction) => marked.has(interaction)));
}

export function toggled(marked: ReadonlySet<InteractionId>, interactions: readonly InteractionId[], on: boolean): Set<InteractionId> {
  const next = new Set(marked);
  for (const interaction of interactions) {
    if (on) next.add(interaction);
    else next.delete(interaction);
  }
  return next;
}

/** Whether all, some or none of those that are shown are marked. */
export function markOf(marked: ReadonlySet<InteractionId>, shown: readonly LineEntry[]): "all" | "some" | "none" {
  const count = shown.filter(({ interaction }) => marked.has(interaction)).length;
  if (count === 0) return "none";
  return count === shown.length ? "all" : "some";
}
