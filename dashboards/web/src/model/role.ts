// SPDX-License-Identifier: GPL-3.0-or-later
// role.ts - who may do what on these pages; the server decides, this only hides what it would refuse. Pure.

import type { Session } from "../api/types";

const ROLES_THAT_ACT = new Set(["operator", "noc", "admin"]);
const ROLES_THAT_QUIETEN = new Set(["noc", "admin"]);

/** See the monitor itself. */
export function maySeeSelf(session: Session | null): boolean {
  return ROLES_THAT_ACT.has(session?.role ?? "");
}

/** Accounts, access tokens, audit log. */
export function mayAdminister(session: Session | null): boolean {
  return session?.role === "admin";
}

/** Acknowledge, comment, assign. */
export function mayAct(session: Session | null): boolean {
  return session !== null && session.may_change && ROLES_THAT_ACT.has(session.role);
}

/** Shelve, close, plan maintenance. */
export function mayQuieten(session: Session | null): boolean {
  return session !== null && session.may_change && ROLES_THAT_QUIETEN.has(session.role);
}
