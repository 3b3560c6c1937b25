/** Several peers as one: what a log says of all hosts of an organisation, or of all clients. Sums, earliest and latest times. */
import { LOG_CAPS, type LogExample, type LogPeer, PEER_SIGNS, type SizeTally } from "@mxray/contracts";

type Identity = Pick<LogPeer, "name" | "address">;

/** @param peers at least one, all of one direction */
export function mergedPeer(peers: readonly LogPeer[], identity: Identity): LogPeer {
  const [first] = peers;
  if (first === undefined) throw new TypeError("There are no peers to merge.");
  const sum = (of: (peer: LogPeer) => number) => peers.reduce((total, peer) => total + of(peer), 0);
  return {
    ...first,
    ...identity,
    port: new Set(peers.map(({ port }) => port)).size === 1 ? first.port : null,
    sent: sum(({ sent }) => sent),
    failed: sum(({ failed }) => failed),
    stalled: sum(({ stalled }) => stalled),
    deferred: sum(({ deferred }) => deferred),
    bounced: sum(({ bounced }) => bounced),
    expired: sum(({ expired }) => expired),
    largestSent: greatest(peers.map(({ largestSent }) => largestSent)),
    smallestStalled: least(peers.map(({ smallestStalled }) => smallestStalled)),
    largestSentSince: greatest(peers.map(({ largestSentSince }) => largestSentSince)),
    largestStalled: greatest(peers.map(({ largestStalled }) => largestStalled)),
    firstSent: least(peers.map(({ firstSent }) => firstSent)),
    lastSent: greatest(peers.map(({ lastSent }) => lastSent)),
    firstStalled: least(peers.map(({ firstStalled }) => firstStalled)),
    lastStalled: greatest(peers.map(({ lastStalled }) => lastStalled)),
    firstStall: least(peers.map(({ firstStall }) => firstStall)),
    lastStall: greatest(peers.map(({ lastStall }) => lastStall)),
    firstPix: least(peers.map(({ firstPix }) => firstPix)),
    lastPix: greatest(peers.map(({ lastPix }) => lastPix)),
    stalls: mergedStalls(peers),
    sizes: mergedSizes(peers),
    signs: mergedSigns(peers),
    stallSeconds: mergedCounts(peers.flatMap(({ stallSeconds }) => stallSeconds.map(({ class: key, count }) => ({ key, count })))).map(
      ({ key, count }) => ({ class: key, count }),
    ),
    ...mergedReceived(peers),
    recipientsStalled: mergedRecipients(peers),
    writers: mergedWriters(peers),
    examples: mergedExamples(peers),
  };
}

function mergedStalls(peers: readonly LogPeer[]): LogPeer["stalls"] {
  const stages = Map.groupBy(
    peers.flatMap(({ stalls }) => stalls),
    ({ stage }) => stage,
  );
  return [...stages].map(([stage, own]) => ({
    stage,
    timeouts: own.reduce((total, { timeouts }) => total + timeouts, 0),
    losses: own.reduce((total, { losses }) => total + losses, 0),
    episodes: own.reduce((total, { episodes }) => total + episodes, 0),
    first: least(own.map(({ first }) => first)),
    last: greatest(own.map(({ last }) => last)),
  }));
}

/** In one pass: an organisation may have thousands of hosts. */
function mergedSizes(peers: readonly LogPeer[]): SizeTally[] {
  const classes = new Map<number, { -readonly [K in keyof SizeTally]: SizeTally[K] }>();
  for (const { sizes } of peers) {
    for (const tally of sizes) {
      const sum = classes.get(tally.class);
      if (sum === undefined) {
        classes.set(tally.class, { ...tally });
        continue;
      }
      sum.sent += tally.sent;
      sum.sentSince += tally.sentSince;
      sum.stalled += tally.stalled;
      sum.attempts += tally.attempts;
      sum.recovered += tally.recovered;
      sum.episodes += tally.episodes;
    }
  }
  return [...classes.values()].sort((a, b) => a.class - b.class);
}

function mergedSigns(peers: readonly LogPeer[]): LogPeer["signs"] {
  const signs = peers.flatMap((peer) => peer.signs);
  return PEER_SIGNS.flatMap((wanted) => {
    const own = signs.filter(({ sign }) => sign === wanted);
    if (own.length === 0) return [];
    const count = own.reduce((total, each) => total + each.count, 0);
    return [{ sign: wanted, count, first: least(own.map(({ first }) => first)), last: greatest(own.map(({ last }) => last)) }];
  });
}

/** Bytes that arrived before a loss, of all these peers. */
export function mergedReceived(peers: readonly LogPeer[]): Pick<LogPeer, "receivedBytes" | "receivedBytesOther"> {
  const all = mergedCounts(peers.flatMap(({ receivedBytes }) => receivedBytes.map(({ bytes, count }) => ({ key: bytes, count }))));
  const ranked = all.toSorted((a, b) => b.count - a.count || a.key - b.key);
  return {
    receivedBytes: ranked.slice(0, LOG_CAPS.receivedBytes).map(({ key, count }) => ({ bytes: key, count })),
    receivedBytesOther:
      peers.reduce((total, { receivedBytesOther }) => total + receivedBytesOther, 0) +
      ranked.slice(LOG_CAPS.receivedBytes).reduce((total, { count }) => total + count, 0),
  };
}

function mergedCounts(counts: readonly { readonly key: number; readonly count: number }[]) {
  return [...Map.groupBy(counts, ({ key }) => key)]
    .map(([key, own]) => ({ key, count: own.reduce((total, { count }) => total + count, 0) }))
    .sort((a, b) => a.key - b.key);
}

function mergedRecipients(peers: readonly LogPeer[]): LogPeer["recipientsStalled"] {
  const known = peers.flatMap(({ recipientsStalled }) => recipientsStalled ?? []);
  if (known.length === 0) return null;
  return {
    lines: known.reduce((total, { lines }) => total + lines, 0),
    least: Math.min(...known.map((each) => each.least)),
    most: Math.max(...known.map(({ most }) => most)),
  };
}

function mergedWriters(peers: readonly LogPeer[]): LogPeer["writers"] {
  const written = Map.groupBy(
    peers.flatMap(({ writers }) => writers),
    ({ mta }) => mta,
  );
  return [...written]
    .map(([mta, own]) => ({ mta, lines: own.reduce((total, { lines }) => total + lines, 0) }))
    .sort((a, b) => b.lines - a.lines || (a.mta < b.mta ? -1 : 1));
}

function mergedExamples(peers: readonly LogPeer[]): LogPeer["examples"] {
  const some = (of: (examples: LogPeer["examples"]) => readonly LogExample[]) =>
    peers.flatMap(({ examples }) => of(examples).slice(0, 1)).slice(0, LOG_CAPS.examples);
  return {
    stalled: some(({ stalled }) => stalled),
    early: some(({ early }) => early),
    signs: some(({ signs }) => signs),
    pix: some(({ pix }) => pix),
    largestSent: null,
    smallestStalled: null,
  };
}

function least<T extends string | number>(values: readonly (T | null)[]): T | null {
  return values.reduce<T | null>((best, value) => (value !== null && (best === null || value < best) ? value : best), null);
}

function greatest<T extends string | number>(values: readonly (T | null)[]): T | null {
  return values.reduce<T | null>((best, value) => (value !== null && (best === null || value > best) ? value : best), null);
}
