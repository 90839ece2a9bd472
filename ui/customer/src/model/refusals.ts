// What a refusal or a goodbye means for the customer. Decided on the code alone, never on the hint's text.

import type { CommandId, ErrorCode } from "@warmline/protocol";
import type { Model, Problem } from "./model";
import { step, type Step } from "./step";

/** Before the welcome a refusal answers the hello; after it, a command. */
export function onRefused(model: Model, id: CommandId | null, code: ErrorCode, retryAfterMs: number | null): Step {
  if (id === null) return model.link.type === "up" ? step(model) : helloRefused(model, code, null);
  const refused = model.pending.find((pending) => pending.id === id);
  const pending = model.pending.filter((one) => one.id !== id);
  switch (refused?.command.type) {
    case undefined:
      return step({ ...model, pending });
    case "call":
    case "come_back":
      return callRefused({ ...model, pending, intent: "none" }, code, retryAfterMs);
    case "hang_up":
      // Most likely it had ended already; the next welcome shows how things stand.
      return step({ ...model, pending, intent: "none" }, { type: "relink", afterMs: 0 });
    case "keep_my_place":
      // The place stays as it is, on the line; that it cannot be kept is said above it.
      if (code === "too_many_calls") return step({ ...model, pending, intent: "none", problem: "too_many", retryAfterMs });
      return step({ ...model, pending, intent: "none" }, { type: "relink", afterMs: 0 });
    case "wait_on_the_line":
    case "answer_callback":
    case "decline_callback":
      // Its moment has passed; the next welcome shows what is the case instead.
      return step({ ...model, pending, intent: "none" }, { type: "relink", afterMs: 0 });
    case "rate":
      return step({ ...model, pending, stars: null }, { type: "relink", afterMs: 0 });
  }
}

function callRefused(model: Model, code: ErrorCode, retryAfterMs: number | null): Step {
  // In a conversation already, opened by another tab: the welcome leads there.
  if (code === "not_now") return step(model, { type: "relink", afterMs: 0 });
  return step({ ...model, problem: problemOf(code) ?? "server_trouble", retryAfterMs });
}

function helloRefused(model: Model, code: ErrorCode, retryAfterMs: number | null): Step {
  if (code === "token_expired" || code === "not_allowed") {
    return step(model, { type: "forget_visitor" }, { type: "relink", afterMs: 100 });
  }
  const problem = problemOf(code);
  const isFinal = problem !== null && retryAfterMs === null && code !== "queue_closed" && code !== "queue_full";
  if (isFinal) {
    // This page lets go of the microphone and the peer; if it is used again, it begins anew.
    const closed: Model = { ...model, link: { type: "closed" }, path: { type: "none" }, microphone: "unknown" };
    return step({ ...closed, intent: "none", pending: [], problem }, { type: "unlink" });
  }
  return step({ ...model, problem: problem ?? model.problem }, { type: "relink", afterMs: retryAfterMs });
}

/** The server closes the link: to come back after a while, or for good. */
export function onGoodbye(model: Model, code: ErrorCode, retryAfterMs: number | null): Step {
  if (retryAfterMs === null) return helloRefused(model, code, null);
  // It comes back by itself; where that takes a while, the reason is said.
  const problem = code === "too_many_calls" ? "too_many" : model.problem;
  return step({ ...model, problem, retryAfterMs }, { type: "relink", afterMs: retryAfterMs });
}

function problemOf(code: ErrorCode): Problem | null {
  switch (code) {
    case "unknown_organisation":
    case "unknown_queue":
      return "unknown_queue";
    case "queue_closed":
    case "queue_full":
      return code;
    case "version_mismatch":
      return "outdated";
    case "signed_in_elsewhere":
      return "elsewhere";
    case "too_many_attempts":
    case "too_many_calls":
    case "server_busy":
    case "rate_limited":
      return "too_many";
    case "storage_failed":
    case "internal":
      return "server_trouble";
    case "bad_frame":
    case "frame_too_large":
    case "hello_expected":
    case "token_expired":
    case "wrong_password":
    case "not_allowed":
    case "unknown_interaction":
    case "unknown_customer":
    case "unknown_import":
    case "colleague_not_free":
    case "changed_meanwhile":
    case "bad_configuration":
    case "unknown_user":
    case "unknown_change":
    case "unknown_decision":
    case "unfit_content":
    case "wrong_media_type":
    case "unknown_address":
    case "wrong_method":
    case "timed_out":
    case "unknown_note":
    case "recording_differs":
    case "not_ogg_opus":
    case "weak_password":
    case "last_administrator":
    case "too_many_looks":
    case "not_now":
    case "bad_field":
    case "server_stopping":
      return null;
  }
}
