// Countries by their names in the reader's language, for a list to choose from.
const A = 65;
const LETTERS = 26;
/** Named by Unicode, but no country that telephone numbers have. */
const NO_COUNTRIES = new Set(["AN", "AQ", "BU", "BV", "CP", "CQ", "CS", "DD", "DG", "EA", "EU", "EZ", "FX", "GS", "HM", "IC", "NH", "NT", "PN", "QO", "RH", "SU", "TF", "TP", "UM", "UN", "VD", "WK", "XA", "XB", "YD", "YU", "ZR", "ZZ"]);

const letter = (at: number) => String.fromCharCode(A + at);

function codes(): string[] {
  return Array.from({ length: LETTERS * LETTERS }, (_, at) => letter(Math.floor(at / LETTERS)) + letter(at % LETTERS)).filter((code) => !NO_COUNTRIES.has(code));
}

/** Sorted by name; `none` stands for no choice and comes first. */
export function countryOptions(locale: string, none: string): Array<{ value: string; name: string }> {
  const names = new Intl.DisplayNames([locale], { type: "region", fallback: "none" });
  const named = codes().flatMap((value) => {
    const name = names.of(value);
    return name === undefined ? [] : [{ value, name: `${name} (${value})` }];
  });
  return [{ value: "", name: none }, ...named.sort((one, other) => one.name.localeCompare(other.name, locale))];
}
