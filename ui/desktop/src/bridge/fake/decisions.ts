// Why an offer went to whom, as the scripted server tells it: routed for most, by name for every third.
import type { Decision, DecisionCandidate, DecisionMeasure, DecisionObstacle } from "@warmline/protocol";

const ranked = (agent: number, name: string, place: number, by: DecisionMeasure[], was_rung = false): DecisionCandidate => ({ agent, name, was_rung, verdict: { type: "ranked", place, by } });
const out = (agent: number, name: string, ...by: DecisionObstacle[]): DecisionCandidate => ({ agent, name, was_rung: false, verdict: { type: "ruled_out", by } });

export function decisionOf(number: number, now: number): Decision {
  const at = now - 290_000;
  const base = { number, at, interaction: number, queue_name: "Support", agent: 1, agent_name: "Anna Marsh" };
  if (number % 3 === 2) return { ...base, agent_name: number % 2 === 1 ? "Noor Rao" : "Anna Marsh", why: { type: "by_name", by_name: "Sam Doyle" } };
  return {
    ...base,
    why: {
      type: "routed",
      routed: {
        strategy: "longest_idle", waited_ms: 41_000, position: 1, ring: 2, rings: 3, kept_for_name: number % 2 === 0 ? "Noor Rao" : null, rung: 1,
        candidates: [
          ranked(1, "Anna Marsh", 1, [{ type: "idle_since", at: at - 512_000 }, { type: "handled", count: 14 }], true),
          ranked(5, "王伟", 2, [{ type: "idle_since", at: at - 301_000 }, { type: "load", units: 1 }]),
          ranked(11, "Jonas Brandt", 3, [{ type: "idle_since", at: at - 96_000 }]),
          out(2, "Noor Rao", { type: "has_live_work" }),
          out(4, "Sam Doyle", { type: "has_live_work" }, { type: "skill", skill_name: "Broadband", has: 1, needs: 2 }),
          out(7, "林雅婷", { type: "not_ready", reason: "lunch" }),
          out(8, "Tomás Ribeiro", { type: "skill", skill_name: "Broadband", has: 0, needs: 2 }),
          out(9, "Marta Oliveira", { type: "skill", skill_name: "Broadband", has: 1, needs: 2 }, { type: "language", language: "zh" }),
          out(10, "Hana Tanaka", { type: "kept_from" }),
          ...Array.from({ length: 6 }, (_, index) => out(20 + index, ["Peter Novák", "Amina Haddad", "陳志明", "Grace Adeyemi", "Siobhán Murphy", "David Okafor"][index] ?? "", { type: "offline" })),
        ],
        more_ruled_out: 118,
      },
    },
  };
}
