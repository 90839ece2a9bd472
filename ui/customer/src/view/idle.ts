// Before the call: who, what about, and why the browser will ask for the microphone.

import { MAX_FIELD_CHARS } from "../caller";
import { deskOf, type Draft, type Model } from "../model/model";
import { h, icon, say, set, show } from "./dom";
import { button, heading, ownTabLink, type Context, type View } from "./parts";

interface Field {
  readonly name: keyof Draft;
  readonly label: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export function idleView(context: Context): View {
  const { app, words } = context;
  const title = heading(words.greet(null));
  const fields = fieldsOf(context);
  const topic = field(context, h("textarea", { rows: 2 }), { name: "topic", label: words.topic, attributes: {} });
  const callLabel = h("span");
  const call = h("button", { type: "submit", class: "button primary wide", "data-testid": "call" }, icon("phone"), callLabel);
  const cancel = button(words.cancel, { testid: "cancel", press: () => app.dispatch({ type: "hang_up_pressed" }) });
  const allow = h("input", { type: "checkbox", "data-testid": "recording-consent" });
  allow.addEventListener("change", () => app.dispatch({ type: "recording_answered", isAllowed: allow.checked }));
  const recording = h(
    "div",
    { class: "card consent", "data-testid": "recording-question" },
    h("p", { class: "small" }, words.recordingWhy),
    h("label", {}, allow, h("span", {}, words.recordingAllow)),
  );
  const connecting = h("p", { class: "small", "data-testid": "connecting" }, words.connecting);
  const lead = h("p", { class: "lead" }, words.explain);
  const desk = deskNotice(context);
  const forgetful = h(
    "div",
    { class: "card shut note-own-tab", "data-testid": "forgetful", hidden: app.isKept },
    h("p", { class: "small" }, words.ownTabWhy),
    ownTabLink(context, "quiet"),
  );
  const form = h(
    "form",
    { class: "stack grow", novalidate: true, autocomplete: "on" },
    h("div", { class: "fields" }, ...fields.map(({ element }) => element)),
    topic.element,
    h("p", { class: "small" }, words.topicHint),
    h("div", { class: "grow" }),
    h(
      "div",
      { class: "card note" },
      h("span", { class: "badge" }, icon("mic")),
      h("p", {}, h("strong", {}, words.microphoneTitle), h("span", { class: "small" }, words.microphoneWhy)),
    ),
    recording,
    call,
    cancel,
    connecting,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void app.call();
  });
  return {
    element: h("section", { class: "stack grow" }, title, lead, desk.element, forgetful, form),
    heading: title,
    paint: (model) => {
      say(title, words.greet(model.view?.known_name ?? null));
      for (const one of [...fields, topic]) one.paint(model);
      desk.paint(model);
      show(lead, deskOf(model) === "open");
      show(recording, model.view?.recording === "ask");
      allow.checked = model.isRecordingAllowed;
      say(callLabel, callText(model, context));
      set(call, "aria-disabled", model.intent !== "none" ? "true" : null);
      set(call, "disabled", model.view?.desk.is_closed === true);
      show(cancel, model.intent === "asking_microphone" || (model.intent === "calling" && model.link.type !== "up"));
      show(connecting, model.link.type !== "up");
    },
  };
}

/** Closed and full are two things: the one passes with the hours, the other with the next free agent. */
function deskNotice({ words }: Context): { element: HTMLElement; paint: (model: Model) => void } {
  const title = h("strong");
  const text = h("span", { class: "small" });
  const element = h("div", { class: "card note shut", role: "status", hidden: true }, h("span", { class: "badge" }, icon("clock")), h("p", {}, title, text));
  return {
    element,
    paint: (model) => {
      const desk = deskOf(model);
      show(element, desk !== "open");
      set(element, "data-testid", desk === "open" ? null : `desk-${desk}`);
      if (desk === "open") return;
      const { opening = null, opens_at: opensAt = null, expected_wait_ms: waitMs = null } = model.view?.desk ?? {};
      const hours = opening ?? (opensAt === null ? null : words.opensAt(new Date(opensAt)));
      const known = desk === "closed" ? hours : waitMs === null ? null : words.usualWait(words.duration(waitMs));
      const { title: what, note } = words.desk[desk];
      say(title, what);
      say(text, known === null ? note : `${known}\n${note}`);
    },
  };
}

function callText(model: Model, { words }: Context): string {
  switch (model.intent) {
    case "asking_microphone":
      return words.askingMicrophone;
    case "calling":
      return words.calling;
    case "none":
    case "answering":
    case "declining":
    case "hanging_up":
      return words.call;
  }
}

function fieldsOf(context: Context): ReturnType<typeof field>[] {
  const { words } = context;
  const wanted: readonly Field[] = [
    { name: "name", label: words.name, attributes: { autocomplete: "name", class: "full" } },
    { name: "phone", label: words.phone, attributes: { autocomplete: "tel", type: "tel", inputmode: "tel" } },
    { name: "email", label: words.email, attributes: { autocomplete: "email", type: "email", inputmode: "email" } },
  ];
  return wanted.map((one) => field(context, h("input", { type: "text" }), one));
}

function field(
  { app, words }: Context,
  input: HTMLInputElement | HTMLTextAreaElement,
  { name, label, attributes }: Field,
): { element: HTMLElement; paint: (model: Model) => void } {
  const { class: className = "", ...rest } = attributes;
  for (const [key, value] of Object.entries({ ...rest, name, "data-testid": name })) set(input, key, value);
  input.maxLength = MAX_FIELD_CHARS;
  const take = (): void => app.dispatch({ type: "typed", field: name, value: input.value });
  // Some form fillers say only that it has changed.
  for (const event of ["input", "change"]) input.addEventListener(event, take);
  return {
    element: h("label", { class: `field ${className}` }, h("span", {}, label, h("i", {}, ` · ${words.optional}`)), input),
    paint: ({ draft }) => {
      if (input.value !== draft[name]) input.value = draft[name];
    },
  };
}
