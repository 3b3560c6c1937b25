/**
 * What gave way first in a run. The order is that of certainty: what the target says in its answers, then what its machine
 * shows, then what only the shape of the load tells. Where nothing tells it, the verdict is `unknown`.
 */
import type { StressLimit, StressLimitKind } from "@mxray/contracts";
import type { LoadEvidence } from "./load-evidence.ts";

/** The generator is the bottleneck from this share of what it can do. */
const GENERATOR_SHARE = 0.8;
const BUSY = 0.9;
/** Messages that left late although a connection was free: the generator was starved. */
const LATE_MS = 50;
/** Percent of the time in which some task waited for it (pressure stall information). */
const PRESSED = 20;
const MEMORY_PRESSED = 10;
/** Share of a limit that is as good as the whole. */
const NEAR_LIMIT = 0.95;
/** Percent of all segments that were sent again. */
const RETRANSMITTED = 2;
/** Under load at most so many times the time of one message alone: not slowed down. */
const AS_FAST = 1.5;
/** A stage that takes so long with one message alone does so for another reason than load, ms. */
const SLOW_ALONE = 200;
/** Connections that wait for their turn wait at least so many times as long for their greeting as one alone. */
const LONGER = 2;
/** A name server that does not answer is waited for at least this long, ms. */
const SLOW_GREETING = 1000;

type Verdict = Pick<StressLimit, "kind" | "evidence">;

export function judgeLoad(evidence: LoadEvidence): StressLimit {
  const verdict = toldByAnswers(evidence) ?? generator(evidence) ?? (gaveWay(evidence) ? shownBy(evidence) : nothing(evidence));
  return {
    ...verdict,
    kneeRate: verdict.kind === "none" || verdict.kind === "generator" ? null : kneeRate(evidence),
    changes: [...CHANGES[verdict.kind]],
  };
}

/** Answers whose text names the limit. */
const TOLD: readonly (readonly [StressLimitKind, RegExp])[] = [
  ["files", /too many open files|file table overflow|insufficient system resources/i],
  ["io", /insufficient system storage|queue file write error|disk full|no space/i],
  ["processes", /server ports are busy|too many processes|cannot fork|resource temporarily unavailable/i],
  ["memory", /out of memory|cannot allocate memory/i],
  ["content-filter", /content filter|milter|policy service|virus scanner|amavis|rspamd/i],
  ["concurrency", /too many (?:concurrent )?(?:smtp )?(?:connections|sessions)|connection rate|concurrent|too much mail|rate limit/i],
];

function toldByAnswers({ result }: LoadEvidence): Verdict | null {
  const failed = result.counts.deferred + result.counts.rejected;
  if (failed === 0) return null;
  for (const { text, count } of result.answers) {
    const kind = TOLD.find(([, words]) => words.test(text))?.[0];
    if (kind !== undefined)
      return { kind, evidence: [`${count.toLocaleString("en")} × '${text}', with ${result.mostConnected} connections at one time.`] };
  }
  return null;
}

function generator(evidence: LoadEvidence): Verdict | null {
  const { result, calibration, options } = evidence;
  const { busy, lateP99Ms } = result.generator;
  if (mostFailed(result)) return null;
  if (result.rate.achieved >= GENERATOR_SHARE * calibration.rate)
    return {
      kind: "generator",
      evidence: [
        `The target took ${perSecond(result.rate.achieved)}; a sink on the generator's own machine takes ${perSecond(calibration.rate)}. Nothing is said about the target: it may take more.`,
      ],
    };
  if (options.rate !== null && busy >= BUSY && lateP99Ms > LATE_MS)
    return {
      kind: "generator",
      evidence: [
        `The generator was busy ${percent(100 * busy)} of the time and sent messages up to ${Math.round(lateP99Ms)} ms late (99 %). Nothing is said about the target.`,
      ],
    };
  return tooFewSessions(evidence);
}

function mostFailed({ counts }: LoadEvidence["result"]): boolean {
  return counts.deferred + counts.rejected + counts.reset + counts.timedOut > counts.accepted;
}

/** Messages waited for a free connection, and those that had one went as fast as one alone. */
function tooFewSessions({ result, alone, options }: LoadEvidence): Verdict | null {
  const aloneMs = Object.values(alone).reduce((sum, { p50 }) => sum + (p50 ?? 0), 0);
  const underLoad = result.latencyMs.fromStart.p90;
  const waited = result.counts.unsent > 0 || result.series.some(({ waiting }) => waiting > options.sessions);
  if (options.rate === null || !waited || underLoad === null || underLoad > AS_FAST * Math.max(1, aloneMs)) return null;
  return {
    kind: "generator",
    evidence: [
      `All ${options.sessions} sessions were busy, and a message took no longer (${milliseconds(underLoad)}) than one alone (${milliseconds(aloneMs)}): more sessions are needed to load the target.`,
    ],
  };
}

/** The target did not keep up with what was offered; a closed load always finds a limit. */
function gaveWay({ result, options }: LoadEvidence): boolean {
  const { counts, rate } = result;
  const failed = counts.deferred + counts.rejected + counts.reset + counts.timedOut + counts.unsent;
  const all = failed + counts.accepted;
  if (result.stopped?.why === "errors" || failed > all / 100) return true;
  if (options.rate === null) return true;
  if (rate.offered !== null && rate.achieved < 0.9 * rate.offered) return true;
  const { p50, p99 } = result.latencyMs.fromDue;
  return p50 !== null && p99 !== null && p99 > 1000 && p99 > 20 * p50;
}

function nothing({ result }: LoadEvidence): Verdict {
  const { fromDue } = result.latencyMs;
  return {
    kind: "none",
    evidence: [
      `The target kept up with ${perSecond(result.rate.achieved)}; 99 % of the messages were taken within ${milliseconds(fromDue.p99)}.`,
    ],
  };
}

function shownBy(evidence: LoadEvidence): Verdict {
  return (
    limitReached(evidence) ??
    refused(evidence) ??
    waitingForGreeting(evidence) ??
    memoryOrDisk(evidence) ??
    waitingForEnd(evidence) ??
    busyMachine(evidence) ??
    brokenPath(evidence) ??
    unknown(evidence)
  );
}

/** It took a message alone, and does not listen any more. */
function refused({ result }: LoadEvidence): Verdict | null {
  const { counts, answers } = result;
  const times = answers.find(({ text }) => text === "ECONNREFUSED")?.count ?? 0;
  if (times === 0 || times < counts.accepted || times < counts.reset / 2) return null;
  return { kind: "unknown", evidence: [`${count(times)} connections were refused: nothing listens there any more. Its own log says why.`] };
}

/** A number on the target's machine that is at its limit. */
function limitReached({ host }: LoadEvidence): Verdict | null {
  if (host === null) return null;
  const { mailOpenFiles, mailOpenFilesLimit, openFiles, openFilesLimit, processes, processesLimit } = host;
  if (near(mailOpenFiles, mailOpenFilesLimit))
    return {
      kind: "files",
      evidence: [
        `A process of the mail system had ${count(mailOpenFiles)} of the ${count(mailOpenFilesLimit)} files open that it may have.`,
      ],
    };
  if (near(openFiles, openFilesLimit))
    return { kind: "files", evidence: [`${count(openFiles)} of the ${count(openFilesLimit)} files that the machine allows were open.`] };
  if (near(processes, processesLimit))
    return {
      kind: "processes",
      evidence: [`${count(processes)} of the ${count(processesLimit)} processes that the machine allows were running.`],
    };
  return null;
}

/** Connections are open and not greeted. One alone that waits as long waits for something else than its turn. */
function waitingForGreeting({ result, alone, host }: LoadEvidence): Verdict | null {
  const greetingAlone = alone.greeting?.p50 ?? 0;
  const greeting = result.stagesMs.greeting?.p50 ?? 0;
  if (greetingAlone >= SLOW_GREETING)
    return {
      kind: "dns",
      evidence: [
        `The greeting takes ${milliseconds(greetingAlone)} even for one connection alone: the target waits for something before it, most often for DNS.`,
      ],
    };
  const longest = result.stagesMs.greeting?.p90 ?? 0;
  if (result.mostConnected < 2 || result.servedMostly * 1.5 > result.mostConnected || longest < LONGER * Math.max(1, greetingAlone))
    return null;
  return {
    kind: "processes",
    evidence: [
      `${result.servedMostly} connections were served at one time while up to ${result.mostConnected} were open: the others waited for their greeting, half of them more than ${milliseconds(greeting)} (one alone ${milliseconds(greetingAlone)}).`,
      ...((host?.listenOverflows ?? 0) > 0
        ? [`The queue of new connections overflowed ${count(host?.listenOverflows)} times per second.`]
        : []),
      ...pressure(host),
    ],
  };
}

function memoryOrDisk({ host, hostBefore }: LoadEvidence): Verdict | null {
  if (host === null) return null;
  const memory = risen("psiMemorySome", host, hostBefore);
  if (memory >= MEMORY_PRESSED) return { kind: "memory", evidence: [`Tasks waited for memory ${percent(memory)} of the time.`] };
  const io = risen("psiIoSome", host, hostBefore);
  if (io < PRESSED || io < risen("psiCpuSome", host, hostBefore)) return null;
  const blocked = host.blocked === undefined ? "" : `; ${host.blocked.toFixed(1)} tasks were blocked on average`;
  return {
    kind: "io",
    evidence: [
      `Tasks waited for the disk ${percent(host.psiIoSome ?? 0)} of the time (before the load ${percent(hostBefore?.psiIoSome ?? 0)}), for the CPU ${percent(host.psiCpuSome ?? 0)}${blocked}.`,
    ],
  };
}

/** Each message waits about as long at its end as one alone: that is no queue for the CPU. */
function waitingForEnd({ result, alone, host }: LoadEvidence): Verdict | null {
  const end = result.stagesMs["end-of-data"]?.p50 ?? 0;
  const endAlone = alone["end-of-data"]?.p50 ?? 0;
  const most = 0.6 * (result.latencyMs.fromStart.p50 ?? 0);
  if (host === null || endAlone < SLOW_ALONE || end < most || end > 3 * endAlone) return null;
  return {
    kind: "content-filter",
    evidence: [
      `The answer to the end of a message takes ${milliseconds(endAlone)} even for one message alone, and ${milliseconds(end)} under load.`,
      ...pressure(host),
    ],
  };
}

function busyMachine({ host, hostBefore }: LoadEvidence): Verdict | null {
  if (host === null) return null;
  const cpu = risen("psiCpuSome", host, hostBefore);
  if (cpu >= PRESSED || risen("cpuBusy", host, hostBefore) >= 50)
    return {
      kind: "cpu",
      evidence: [
        `Tasks waited for the CPU ${percent(host.psiCpuSome ?? 0)} of the time (before the load ${percent(hostBefore?.psiCpuSome ?? 0)}), for the disk ${percent(host.psiIoSome ?? 0)}; the CPUs were busy ${percent(host.cpuBusy ?? 0)}.`,
      ],
    };
  if ((hostBefore?.psiCpuSome ?? 0) >= PRESSED && (host.cpuBusy ?? 0) >= 100 * BUSY)
    return {
      kind: "cpu",
      evidence: [
        `The CPUs were busy ${percent(host.cpuBusy ?? 0)}, and ${percent(hostBefore?.cpuBusy ?? 0)} before the load already: something else runs there.`,
      ],
    };
  if ((host.listenOverflows ?? 0) > 0)
    return { kind: "sockets", evidence: [`The queue of new connections overflowed ${count(host.listenOverflows)} times per second.`] };
  return null;
}

function brokenPath({ result, host }: LoadEvidence): Verdict | null {
  const again = host?.tcpRetransmitted ?? 0;
  if (again >= RETRANSMITTED) return { kind: "path", evidence: [`${percent(again)} of the TCP segments were sent again.`] };
  if (host === null || result.counts.reset <= result.counts.accepted / 100) return null;
  return { kind: "path", evidence: [`${count(result.counts.reset)} connections broke.`, ...pressure(host)] };
}

/** How much more than before the load. */
function risen(name: string, host: Readonly<Record<string, number>>, before: LoadEvidence["hostBefore"]): number {
  return Math.max(0, (host[name] ?? 0) - (before?.[name] ?? 0));
}

function unknown({ result, host, alone, calibration }: LoadEvidence): Verdict {
  const slowest = Object.entries(result.stagesMs)
    .map(([stage, { p50 }]) => ({ stage, p50: p50 ?? 0, alone: alone[stage as keyof typeof alone]?.p50 ?? 0 }))
    .sort((one, other) => other.p50 - one.p50)[0];
  return {
    kind: "unknown",
    evidence: [
      `The target took ${perSecond(result.rate.achieved)}, the generator can send ${perSecond(calibration.rate)}.`,
      ...(slowest === undefined
        ? []
        : [
            `Most of the time went by in '${slowest.stage}': ${milliseconds(slowest.p50)}, one message alone ${milliseconds(slowest.alone)}.`,
          ]),
      host === null
        ? "The target's machine cannot be seen from here; run mxray on it to see disk, CPU, memory and limits."
        : "Disk, CPU and memory of its machine were not pressed.",
    ],
  };
}

function pressure(host: LoadEvidence["host"]): string[] {
  if (host === null) return [];
  return [
    `Tasks on its machine waited for the disk ${percent(host.psiIoSome ?? 0)} of the time and for the CPU ${percent(host.psiCpuSome ?? 0)}.`,
  ];
}

/** The largest rate of a second in which the target kept up: nothing failed and 99 % took less than three times the first second's. */
function kneeRate({ result }: LoadEvidence): number | null {
  const [first] = result.series;
  const usual = Math.max(50, 3 * (first?.p99 ?? 0));
  const kept = result.series.filter(
    ({ p99, deferred, rejected, reset, timedOut }) => p99 !== null && p99 <= usual && deferred + rejected + reset + timedOut === 0,
  );
  return kept.length === 0 ? null : Math.max(...kept.map(({ accepted }) => accepted));
}

/** What to change, the mildest first. */
const CHANGES: Readonly<Record<StressLimitKind, readonly string[]>> = {
  io: [
    "Put the queue directory on a faster disk of its own (SSD, or a controller with a battery-backed write cache).",
    "Let the mail log be written without a sync for each line ('-/var/log/mail.log' in rsyslog).",
    "Give deferred mail longer pauses, so that the queue is read less: minimal_backoff_time = 600s (Postfix).",
  ],
  cpu: [
    "Move content scanning to another machine, or give it fewer processes than there are cores.",
    "Offer TLS session resumption: full handshakes are what most CPU goes to (smtpd_tls_session_cache_database in Postfix before 3.4).",
  ],
  memory: ["Lower default_process_limit (Postfix) or the scanner's number of processes until the machine no longer swaps.", "Add memory."],
  processes: [
    "Raise the number of smtpd processes: the maxproc column of smtpd in master.cf, or default_process_limit (Postfix, default 100).",
    "On Linux raise TasksMax= of the mail system's unit; on FreeBSD kern.maxproc in /boot/loader.conf.",
  ],
  files: [
    "On Linux raise LimitNOFILE= of the mail system's unit (systemctl edit), and fs.file-max where the whole machine is short.",
    "On FreeBSD raise kern.maxfilesperproc and kern.maxfiles in /etc/sysctl.conf.",
  ],
  sockets: ["Raise net.core.somaxconn and the listen backlog (Linux), kern.ipc.soacceptqueue (FreeBSD)."],
  concurrency: [
    "Nothing, if one client never needs more. Else add the client to smtpd_client_event_limit_exceptions, or raise smtpd_client_connection_count_limit (Postfix).",
  ],
  "content-filter": [
    "Raise the number of the filter's processes, and the number of connections that Postfix makes to it, together.",
    "Move slow checks behind the queue (content_filter=) so that clients do not wait for them.",
  ],
  dns: ["Run a caching resolver on the mail server itself, and make sure that it answers reverse look-ups of your own clients."],
  path: ["Probe the target with 'mxray probe': losses and a small path MTU show there."],
  generator: ["Use more sessions, or run the generator on a faster machine or on several."],
  unknown: ["Run mxray on the target's machine while the test runs: it names what gives way."],
  none: [],
};

function near(value: number | undefined, limit: number | undefined): boolean {
  return value !== undefined && limit !== undefined && limit > 0 && value >= NEAR_LIMIT * limit;
}

function perSecond(rate: number): string {
  return `${rate >= 100 ? Math.round(rate).toLocaleString("en") : rate.toPrecision(3)} messages per second`;
}

function milliseconds(ms: number | null): string {
  if (ms === null) return "no time";
  return ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

function percent(share: number): string {
  return `${Math.round(share)} %`;
}

function count(value: number | undefined): string {
  return Math.round(value ?? 0).toLocaleString("en");
}
