// Rings: whom a queue may ring from which moment on, wider and wider.
import type { Configuration, NeedSettings, QueueSettings, RingSettings } from "@warmline/protocol";

export const MOST_RINGS = 6;
const STEP_MS = 30_000;

/** The next ring asks for a little less than the last one, half a minute later; the first asks for nothing yet. */
export function nextRing(rings: readonly RingSettings[]): RingSettings {
  const last = rings.at(-1);
  if (last === undefined) return { after_ms: 0, needs: [], is_language_needed: false, is_site_needed: false };
  return { ...relaxed(last), after_ms: last.after_ms + STEP_MS };
}

/** First the site is given up, then a level of each skill, then the last skill, then the language. */
function relaxed(ring: RingSettings): RingSettings {
  if (ring.is_site_needed) return { ...ring, is_site_needed: false };
  if (ring.needs.some(({ minimum }) => minimum > 1)) return { ...ring, needs: ring.needs.map((need) => ({ ...need, minimum: Math.max(1, need.minimum - 1) })) };
  if (ring.needs.length > 0) return { ...ring, needs: ring.needs.slice(0, -1) };
  return { ...ring, is_language_needed: false };
}

export function withRing(queue: QueueSettings, index: number, change: Partial<RingSettings>): QueueSettings {
  return { ...queue, rings: queue.rings.map((ring, at) => (at === index ? { ...ring, ...change } : ring)) };
}

export function withoutRing(queue: QueueSettings, index: number): QueueSettings {
  const rings = queue.rings.filter((_, at) => at !== index);
  // Whoever becomes first counts from the beginning.
  return { ...queue, rings: rings.map((ring, at) => (at === 0 ? { ...ring, after_ms: 0 } : ring)) };
}

export function withNeed(needs: readonly NeedSettings[], skill: string, minimum: number): NeedSettings[] {
  const known = needs.some((need) => need.skill === skill);
  return known ? needs.map((need) => (need.skill === skill ? { skill, minimum } : need)) : [...needs, { skill, minimum }];
}

/** How many who serve the queue have the skills; language and site depend on the customer. */
export function fitting(configuration: Configuration, queue: QueueSettings, ring: RingSettings | null): number {
  return configuration.people.filter((person) => person.queues.includes(queue.code)
    && (ring?.needs ?? []).every(({ skill, minimum }) => person.skills.some((has) => has.skill === skill && has.level >= minimum))).length;
}
