/** What the audit calls each act. */
import type { AuditAction, TokenScope, UserRole } from "@mxray/contracts";

export const ACTION_WORDS: Readonly<Record<AuditAction, string>> = {
  "session.begun": "Signed in",
  "session.ended": "Signed out",
  "session.refused": "Sign-in refused",
  "user.created": "Added user",
  "user.changed": "Changed user",
  "user.invited": "Made sign-in link for",
  "user.deleted": "Deleted user",
  "user.password-set": "Set password of",
  "token.created": "Made API token",
  "token.revoked": "Revoked API token",
  "agent.created": "Added agent",
  "agent.invited": "Made token for agent",
  "agent.enrolled": "Enrolled agent",
  "agent.revoked": "Revoked agent",
  "settings.changed": "Changed settings",
  "link.created": "Made link",
  "link.revoked": "Revoked link",
  "probe.started": "Started probe",
  "probe.cancelled": "Cancelled probe",
  "probe.deleted": "Deleted probe",
  "finding.acknowledged": "Acknowledged finding",
  "finding.dismissed": "Dismissed finding",
  "finding.reopened": "Reopened finding",
  "watch.changed": "Watched target",
  "watch.ended": "Ended watch",
  "maintenance.changed": "Changed maintenance window",
  "maintenance.deleted": "Deleted maintenance window",
  "channel.created": "Made channel",
  "channel.changed": "Changed channel",
  "channel.deleted": "Deleted channel",
  "channel.tested": "Tested channel",
  "log.followed": "Followed log",
  "log.unfollowed": "Stopped following log",
  "vantage.started": "Started vantage",
  "vantage.stopped": "Stopped vantage",
  "stress.started": "Started stress test of",
  "stress.cancelled": "Cancelled stress test of",
  "stress.deleted": "Deleted stress test of",
};

export const ROLE_WORDS: Readonly<Record<UserRole, string>> = {
  viewer: "Viewer: reads everything but settings",
  operator: "Operator: also probes, shares, acknowledges",
  admin: "Admin: also settings, users, tokens, logs",
};

export const SCOPE_WORDS: Readonly<Record<TokenScope, string>> = {
  read: "see everything that a viewer sees",
  probe: "start, check and cancel probes, and read them",
  metrics: "read the metrics",
  config: "apply and export agents, monitors, maintenance windows and channels",
  agent: "report as an agent",
};
