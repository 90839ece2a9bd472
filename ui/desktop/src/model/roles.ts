// What a role allows on this screen; the server holds everybody to the same.
import type { Role } from "@warmline/protocol";

/** Changes records and writes on them; experts read. */
export function mayWrite(role: Role | undefined): boolean {
  return role === "agent" || mayAnswerForData(role);
}

/** Changes the organisation's settings and people. */
export function mayAdminister(role: Role | undefined): boolean {
  return role === "admin";
}

/** Sees who waits and takes entries out of the line. */
export function maySupervise(role: Role | undefined): boolean {
  return mayAnswerForData(role);
}

/** Exports and erases records, takes notes away and listens to everybody's recordings. */
export function mayAnswerForData(role: Role | undefined): boolean {
  return role === "supervisor" || role === "admin";
}
