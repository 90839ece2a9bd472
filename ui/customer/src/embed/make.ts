// A few lines to make elements with; no markup, which a site's policy may forbid.

type Attributes = Readonly<Record<string, string | boolean>>;

export function make<Name extends keyof HTMLElementTagNameMap>(name: Name, attributes: Attributes = {}, ...children: (Node | string)[]): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  set(made, attributes);
  made.append(...children);
  return made;
}

/** `true` is an empty attribute, `false` none. */
export function set(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : value);
  }
}

export function makeButton(className: string, text: string, pressed: () => void): HTMLButtonElement {
  const made = make("button", { type: "button", class: className }, text);
  made.addEventListener("click", pressed);
  return made;
}
