import type { Role } from "@warmline/protocol";
import { expect, test } from "vitest";
import { mayAdminister, mayAnswerForData, mayWrite } from "./roles";

const ROLES: Role[] = ["agent", "expert", "supervisor", "admin"];

test("experts read, agents write, those above answer for the data; nobody who is not signed in", () => {
  expect(ROLES.filter(mayWrite)).toEqual(["agent", "supervisor", "admin"]);
  expect(ROLES.filter(mayAnswerForData)).toEqual(["supervisor", "admin"]);
  expect(ROLES.filter(mayAdminister)).toEqual(["admin"]);
  expect([mayWrite(undefined), mayAnswerForData(undefined)]).toEqual([false, false]);
});
