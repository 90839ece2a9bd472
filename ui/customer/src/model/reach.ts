// A link that goes down or does not come up: what is said of it, and how the reason is found.

import type { Model, Problem } from "./model";
import { step, type Found, type Step } from "./step";

/** After this many failures in a row a page that was never connected says so; it goes on trying all the same. */
const FAILURES_UNTIL_SAID = 4;

export function linkDown(model: Model): Step {
  switch (model.link.type) {
    case "closed":
      return step(model);
    case "up":
      return step({ ...model, link: { type: "lost", failures: 1 } });
    case "lost":
      return step({ ...model, link: { type: "lost", failures: model.link.failures + 1 } });
    case "connecting": {
      const failures = model.link.failures + 1;
      const problem = model.problem ?? (failures >= FAILURES_UNTIL_SAID ? "unreachable" : null);
      const next: Model = { ...model, link: { type: "connecting", failures }, problem };
      return isProbedAfter(failures) ? step(next, { type: "probe", again: model.isBlockSuspected }) : step(next);
    }
  }
}

/** When it is said, once more to be sure, and now and then after. */
function isProbedAfter(failures: number): boolean {
  return failures === FAILURES_UNTIL_SAID || failures === FAILURES_UNTIL_SAID + 1 || failures % 10 === 0;
}

/** Names what keeps the link away, as long as it is away. */
export function probed(model: Model, found: Found): Step {
  const isSure = found !== "blocked" || model.isBlockSuspected;
  const next: Model = { ...model, isBlockSuspected: found === "blocked" };
  if (model.link.type !== "connecting" || model.problem === null || !isSure) return step(next);
  return step(LINK_PROBLEMS.includes(model.problem) ? { ...next, problem: problemOfFound(found) } : next);
}

const LINK_PROBLEMS: readonly Problem[] = ["unreachable", "server_away", "link_stripped", "link_blocked"];

function problemOfFound(found: Found): Problem {
  switch (found) {
    case "silence":
      return "unreachable";
    case "away":
    case "full":
      return "server_away";
    case "stripped":
      return "link_stripped";
    case "blocked":
      return "link_blocked";
  }
}
