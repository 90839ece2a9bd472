// An embedding site's colour: checked, and given a text colour that can be read on it.

/** `#rrggbb` in lower case, or `null` for anything else: the value comes from an address. */
export function accentOf(value: string | null | undefined): string | null {
  const match = /^#?([0-9a-f]{6})$/i.exec(value?.trim() ?? "");
  return match?.[1] === undefined ? null : `#${match[1].toLowerCase()}`;
}

/** White or near-black, whichever contrasts more with the colour (WCAG 2.2 relative luminance). */
export function textOn(accent: string): string {
  const onWhite = 1.05 / (luminance(accent) + 0.05);
  const onBlack = (luminance(accent) + 0.05) / 0.05;
  return onWhite >= onBlack ? "#ffffff" : "#000000";
}

function luminance(colour: string): number {
  const channel = (from: number): number => {
    const value = Number.parseInt(colour.slice(from, from + 2), 16) / 255;
    return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}
