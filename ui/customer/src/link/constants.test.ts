// The page and the server mean the same link.
import { readFileSync } from "node:fs";
import * as protocol from "@warmline/protocol";
import { expect, test } from "vitest";

test("version and times are the server's", () => {
  const source = readFileSync(new URL("../../../../crates/core/protocol/src/lib.rs", import.meta.url), "utf8");
  const found = [...source.matchAll(/^pub const (\w+): u(?:16|64) = ([\d_]+);$/gm)].map(([, name, value]) => [name, Number(value?.replaceAll("_", ""))]);
  expect(Object.fromEntries(found)).toEqual({ ...protocol });
});
