// "Why this agent?" in messages of the catalogue: what ranked the ones who could have it, what ruled out the others.
import type { Decision, DecisionCandidate, DecisionMeasure, DecisionObstacle, Millis, Routed } from "@warmline/protocol";
import { clock } from "./time";
import type { Words } from "./words";

export type Ranked = { readonly name: string; readonly wasRung: boolean; readonly place: number; readonly by: readonly DecisionMeasure[] };
/** Those whom the same thing kept away, each with everything else that did. */
export type RuledOut = { readonly reason: DecisionObstacle["type"]; readonly people: ReadonlyArray<{ readonly name: string; readonly by: readonly DecisionObstacle[] }> };

export function rankedIn(routed: Routed): Ranked[] {
  const ranked = routed.candidates.flatMap(({ name, was_rung, verdict }) => (verdict.type === "ranked" ? [{ name, wasRung: was_rung, place: verdict.place, by: verdict.by }] : []));
  return ranked.sort((one, other) => one.place - other.place);
}

/** What one could change at once comes before what one could not. */
const ORDER: readonly DecisionObstacle["type"][] = [
  "kept_for_another", "kept_from", "has_live_work", "has_firm_work", "no_capacity", "will_be_not_ready", "not_ready", "skill", "language", "site", "away", "offline",
];

/** By the first thing that stood in the way; the largest group does not hide the others, so they stand in one order. */
export function ruledOutIn(routed: Routed): RuledOut[] {
  const out = routed.candidates.flatMap(({ name, verdict }: DecisionCandidate) => (verdict.type === "ruled_out" ? [{ name, by: verdict.by }] : []));
  return ORDER.map((reason) => ({ reason, people: out.filter(({ by }) => by[0]?.type === reason) })).filter(({ people }) => people.length > 0);
}

/** How many could not have it, those who are only counted included. */
export function countRuledOut(routed: Routed): number {
  return routed.candidates.filter(({ verdict }) => verdict.type === "ruled_out").length + routed.more_ruled_out;
}

export function measureWords(measure: DecisionMeasure, at: Millis): Words {
  switch (measure.type) {
    case "spoke_last":
      return { key: "measure.spoke_last" };
    case "load":
      return { key: measure.units === 0 ? "measure.no_load" : "measure.load", params: { n: measure.units } };
    case "skill":
      return { key: "measure.skill", params: { n: measure.sum } };
    case "handled":
      return { key: "measure.handled", params: { n: measure.count } };
    case "idle_since":
      return { key: "measure.idle_since", params: { time: clock(at - measure.at) } };
    case "turn":
      return measure.after_name === null ? { key: "measure.turn_first" } : { key: "measure.turn", params: { name: measure.after_name } };
  }
}

/** What is said first: who was rung and by which rule. */
export function leadWords({ agent_name, queue_name, why }: Decision): Words {
  if (why.type === "by_name") return { key: "why.by_name", params: { by: why.by_name, agent: agent_name } };
  const { strategy, rung } = why.routed;
  const isKnown = rankedIn(why.routed).some(({ wasRung, by }) => wasRung && by.some(({ type }) => type === "spoke_last"));
  if (isKnown) return { key: "why.lead.spoke_last", params: { agent: agent_name } };
  return { key: `why.lead.${strategy}`, params: { agent: agent_name, queue: queue_name, n: rung } };
}

/** What else the engine saw, a sentence each. */
export function factWords({ agent_name, why }: Decision): Words[] {
  if (why.type === "by_name") return [];
  const { waited_ms, position, ring, rings, kept_for_name } = why.routed;
  return [
    { key: position === 1 ? "why.waited.next" : "why.waited", params: { time: clock(waited_ms), n: position } },
    rings === 0 ? { key: "why.no_rings" } : { key: "why.ring", params: { n: ring, of: rings } },
    ...(kept_for_name === null ? [] : [{ key: kept_for_name === agent_name ? "why.kept.agent" : "why.kept.another", params: { name: kept_for_name } } satisfies Words]),
  ];
}
