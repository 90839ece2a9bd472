// An invented line: an ordinary afternoon, and one address that calls too often.
import type { InteractionId, LineEntry, QueueFigures } from "@warmline/protocol";
import { customers } from "./people";

const NONE = {
  offered: 0, answered: 0, answered_within: 0, abandoned: 0, short_abandoned: 0, called_back: 0, callbacks_lost: 0, turned_away: 0, removed: 0, overflowed_in: 0,
  overflowed_out: 0, transferred_in: 0, returned: 0, handled: 0, service_level_of_answered: null, service_level_of_answered_and_abandoned: null,
  service_level_of_offered: null, asa_ms: null, aht_ms: null, abandonment: null,
};
const TOPICS = ["No internet since this morning", null, "Invoice", "Moving house: can I keep my number?", null];
const QUEUES = [["support", "Support"], ["zh", "中文服务"], ["business", "Business"]] as const;

export class FakeLine {
  #gone = new Set<InteractionId>();

  figures(now: number): QueueFigures[] {
    return QUEUES.map(([code, name], index) => ({
      queue: index + 1, code, name, is_open: true, opens_at: null, waiting: this.entries(code, now).length, ringing: 0, callbacks: 0, longest_since: null,
      talking: 0, held: 0, wrap_up: 0, agents_ready: 0, agents_staffed: 2, expected_wait_ms: null, answer_within_ms: 20_000, day: NONE,
    }));
  }

  entries(queue: string, now: number): LineEntry[] {
    const people = customers(now);
    const count = { support: 24, zh: 2 }[queue] ?? 0;
    const all = Array.from({ length: count }, (_, index): LineEntry => {
      const known = people[index % people.length];
      const isFlood = index > 5 && index % 3 !== 0;
      return {
        interaction: 100 * (queue === "zh" ? 2 : 1) + index, customer: isFlood ? 400 + index : (known?.customer ?? 0), name: isFlood ? `Visitor ${400 + index}` : (known?.name ?? null),
        phone: isFlood ? null : (known?.identities[0]?.value ?? null), topic: isFlood ? null : (TOPICS[index % TOPICS.length] ?? null), since: now - (24 - index) * 41_000,
        waits: index % 4 === 1 ? "for_callback" : "on_the_line", is_ringing: index === 0, link: index % 4 === 1 ? { type: "away", since: now - 9_000, until: now + 90_000 } : { type: "connected" },
        address: isFlood ? "203.0.113.7" : index === 4 ? null : index === 2 ? "2001:db8:4c1:7::/64" : `198.51.100.${20 + index}`,
      };
    });
    return all.filter(({ interaction }) => !this.#gone.has(interaction));
  }

  /** The first in line was answered just now. */
  remove(interactions: readonly InteractionId[]): InteractionId[] {
    const removed = interactions.filter((interaction) => interaction !== 100);
    for (const interaction of interactions) this.#gone.add(interaction);
    return removed;
  }
}
