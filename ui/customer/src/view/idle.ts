// Before the call: who, what about, and why the browser will ask for the microphone.

import { MAX_FIELD_CHARS } from "../caller";
import type { Draft, Model } from "../model/model";
import { h, icon, say, set, show } from "./dom";
import { button, heading, type Context, type View } from "./parts";

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
  const connecting = h("p", { class: "small", "data-testid": "connecting" }, words.connecting);
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
    call,
    cancel,
    connecting,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void app.call();
  });
  return {
    element: h("section", { class: "stack grow" }, title, h("p", { class: "lead" }, words.explain), form),
    heading: title,
    paint: (model) => {
      say(title, words.greet(model.view?.known_name ?? null));
      for (const one of [...fields, topic]) one.paint(model);
      say(callLabel, callText(model, context));
      set(call, "aria-disabled", model.intent !== "none" ? "true" : null);
      show(cancel, model.intent === "asking_microphone" || (model.intent === "calling" && model.link.type !== "up"));
      show(connecting, model.link.type !== "up");
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
  input.addEventListener("input", () => app.dispatch({ type: "typed", field: name, value: input.value }));
  return {
    element: h("label", { class: `field ${className}` }, h("span", {}, label, h("i", {}, ` · ${words.optional}`)), input),
    paint: ({ draft }) => {
      if (input.value !== draft[name]) input.value = draft[name];
    },
  };
}
