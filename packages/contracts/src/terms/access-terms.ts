/** What people and programs may do, and what is recorded of it. */

/** Each may do everything that the ones before it may. */
export const USER_ROLES = ["viewer", "operator", "admin"] as const;
export type UserRole = (typeof USER_ROLES)[number];

export function roleReaches(role: UserRole, least: UserRole): boolean {
  return USER_ROLES.indexOf(role) >= USER_ROLES.indexOf(least);
}

/** What an API token opens: reading, probes, the metrics, monitors and channels as a file says, an agent's reports. */
export const TOKEN_SCOPES = ["read", "probe", "metrics", "config", "agent"] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

/** Who acted: the owner by the one-time link, a user, an API token, an agent. */
export const ACTOR_KINDS = ["owner", "user", "token", "agent"] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

export const AUDIT_ACTIONS = [
  "session.begun",
  "session.ended",
  "session.refused",
  "user.created",
  "user.changed",
  "user.invited",
  "user.deleted",
  "user.password-set",
  "token.created",
  "token.revoked",
  "agent.created",
  "agent.invited",
  "agent.enrolled",
  "agent.revoked",
  "settings.changed",
  "link.created",
  "link.revoked",
  "probe.started",
  "probe.cancelled",
  "probe.deleted",
  "finding.acknowledged",
  "finding.dismissed",
  "finding.reopened",
  "watch.changed",
  "watch.ended",
  "maintenance.changed",
  "maintenance.deleted",
  "channel.created",
  "channel.changed",
  "channel.deleted",
  "channel.tested",
  "log.followed",
  "log.unfollowed",
  "vantage.started",
  "vantage.stopped",
  "stress.started",
  "stress.cancelled",
  "stress.deleted",
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** Characters of a password. */
export const PASSWORD_LENGTH = { least: 12, most: 200 } as const;
