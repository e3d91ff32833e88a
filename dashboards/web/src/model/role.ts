// SPDX-License-Identifier: GPL-3.0-or-later
// role.ts - who may do what on these pages; the server decides, this only hides what it would refuse. Pure.

const ROLES_THAT_ACT = new Set(["operator", "noc", "admin"]);
const ROLES_THAT_QUIETEN = new Set(["noc", "admin"]);

/** Acknowledge, comment, assign; see the monitor itself. */
export function mayAct(role: string | undefined): boolean {
  return ROLES_THAT_ACT.has(role ?? "");
}

/** Shelve, close, plan maintenance. */
export function mayQuieten(role: string | undefined): boolean {
  return ROLES_THAT_QUIETEN.has(role ?? "");
}
