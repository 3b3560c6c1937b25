/**
 * The schema's history, one file a step. A step that was released is never changed; a new one follows it.
 *
 * A step runs in a transaction, with foreign keys off: a table can be built again under another name without losing the rows that
 * refer to it. Nothing cascades, so a step that deletes rows deletes what refers to them as well; what is left over fails the step.
 *
 * PostgreSQL came with 0024: there one step makes all that came before. Later steps run on both engines, so they are written with
 * Kysely's schema builder, with columns of type `text` and `integer`.
 */
import type { Migration } from "kysely/migration";
import { probesFindingsSharesSessions } from "./migrations/0001-probes-findings-shares-sessions.ts";
import { deliveries } from "./migrations/0002-deliveries.ts";
import { logs } from "./migrations/0003-logs.ts";
import { vantages } from "./migrations/0004-vantages.ts";
import { wallLinks } from "./migrations/0005-wall-links.ts";
import { findingLife } from "./migrations/0006-finding-life.ts";
import { watches } from "./migrations/0007-watches.ts";
import { settings } from "./migrations/0008-settings.ts";
import { logTotals } from "./migrations/0009-log-totals.ts";
import { search } from "./migrations/0010-search.ts";
import { links } from "./migrations/0011-links.ts";
import { deliveryClaims } from "./migrations/0012-delivery-claims.ts";
import { practice } from "./migrations/0013-practice.ts";
import { findingSubjects } from "./migrations/0014-finding-subjects.ts";
import { claims } from "./migrations/0015-claims.ts";
import { samePeers } from "./migrations/0016-same-peers.ts";
import { stallEpisodes } from "./migrations/0017-stall-episodes.ts";
import { access } from "./migrations/0018-access.ts";
import { alerts } from "./migrations/0019-alerts.ts";
import { monitors } from "./migrations/0020-monitors.ts";
import { unchangedRounds } from "./migrations/0021-unchanged-rounds.ts";
import { signOn } from "./migrations/0022-sign-on.ts";
import { stress } from "./migrations/0024-stress.ts";
import { wholeSchema } from "./migrations/0024-whole-schema.ts";
import { agents } from "./migrations/0025-agents.ts";
import { probeGroups } from "./migrations/0026-probe-groups.ts";
import { watchVantages } from "./migrations/0027-watch-vantages.ts";
import { servers } from "./migrations/0028-servers.ts";
import { peerDays } from "./migrations/0029-peer-days.ts";

const later: Readonly<Record<string, Migration>> = {
  "0025-agents": agents,
  "0026-probe-groups": probeGroups,
  "0027-watch-vantages": watchVantages,
  "0028-servers": servers,
  "0029-peer-days": peerDays,
};

export const sqliteMigrations: Readonly<Record<string, Migration>> = {
  "0001-probes-findings-shares-sessions": probesFindingsSharesSessions,
  "0002-deliveries": deliveries,
  "0003-logs": logs,
  "0004-vantages": vantages,
  "0005-wall-links": wallLinks,
  "0006-finding-life": findingLife,
  "0007-watches": watches,
  "0008-settings": settings,
  "0009-log-totals": logTotals,
  "0010-search": search,
  "0011-links": links,
  "0012-delivery-claims": deliveryClaims,
  "0013-practice": practice,
  "0014-finding-subjects": findingSubjects,
  "0015-claims": claims,
  "0016-same-peers": samePeers,
  "0017-stall-episodes": stallEpisodes,
  "0018-access": access,
  "0019-alerts": alerts,
  "0020-monitors": monitors,
  "0021-unchanged-rounds": unchangedRounds,
  "0022-sign-on": signOn,
  "0024-stress": stress,
  ...later,
};

export const postgresMigrations: Readonly<Record<string, Migration>> = { "0024-whole-schema": wholeSchema, ...later };
