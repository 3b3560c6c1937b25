/** Whether a real mail server can be run here; if not, why, and the command that helps. */
export type Availability = { readonly ok: true } | { readonly ok: false; readonly reason: string; readonly remedy: string };

export const AVAILABLE: Availability = { ok: true };

export function unavailable(reason: string, remedy: string): Availability {
  return { ok: false, reason, remedy };
}
