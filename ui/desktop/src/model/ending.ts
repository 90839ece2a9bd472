// What is lost or handed on when somebody signs out or ends the program now, and so is asked about first.
import type { DesktopState, WorkItem } from "@warmline/protocol";
import type { Words } from "./words";

/** Who asks: a person who signs out or quits, or the system, which does not wait longer than the deadline. */
export type Ending = { readonly by: "sign_out" | "quit"; readonly deadline: number | null };

const isSpokenWith = ({ stage }: WorkItem) => stage.type === "talking" || stage.type === "held" || stage.type === "calling_back";

/** The consequences, the customer's first; none when nothing is lost. */
export function consequences(by: Ending["by"], state: DesktopState): Words[] {
  const work = state.agent?.work ?? [];
  const words: Words[] = [];
  const live = work.find(isSpokenWith);
  const rings = work.find(({ stage }) => stage.type === "ringing");
  if (live !== undefined) words.push({ key: live.stage.type === "calling_back" ? "ending.callback" : "ending.live", params: { name: live.customer.customer.name } });
  if (rings !== undefined) words.push({ key: "ending.rings", params: { name: rings.customer.customer.name } });
  if (words.length > 0 && state.link.type !== "up") words.push({ key: "ending.unreachable" });
  if (by === "quit") return words;
  if (work.some(({ stage }) => stage.type === "wrap_up")) words.push({ key: "ending.wrap_up" });
  if (state.outbox > 0) words.push({ key: "ending.outbox", params: { n: state.outbox } });
  if (state.recordings.count > 0) words.push({ key: "ending.recordings", params: { n: state.recordings.count } });
  return words;
}
