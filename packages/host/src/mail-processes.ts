/** Open files of the mail system's own processes, the fullest of them first. */
import type { HostGauge } from "@mxray/contracts";
import { gauge, missing, type ProcRoot } from "./proc-root.ts";

/** Names of processes (the kernel keeps 15 bytes) that take or send mail, or scan it. */
const MAIL_PROCESSES: ReadonlySet<string> = new Set([
  "master",
  "smtpd",
  "smtp",
  "qmgr",
  "cleanup",
  "proxymap",
  "postscreen",
  "tlsproxy",
  "anvil",
  "exim",
  "exim4",
  "sendmail",
  "sendmail-mta",
  "opendkim",
  "rspamd",
  "amavisd",
  "clamd",
  "dovecot",
  "lmtp",
]);

/** The process that is nearest to its limit of open files. */
export function mailProcessFiles(proc: ProcRoot): HostGauge {
  let fullest: { open: number; limit: number } | null = null;
  let hidden = 0;
  for (const pid of mailProcesses(proc)) {
    const limit = Number(/^Max open files +([0-9]+)/m.exec(proc.tryRead(`${pid}/limits`) ?? "")?.[1]);
    let open: number;
    try {
      open = proc.list(`${pid}/fd`).length;
    } catch {
      hidden += 1;
      continue;
    }
    if (limit > 0 && (fullest === null || open / limit > fullest.open / fullest.limit)) fullest = { open, limit };
  }
  if (fullest !== null) return gauge(fullest.open, fullest.limit);
  if (hidden > 0)
    return missing(`The open files of ${hidden} mail processes belong to other users; reading them needs CAP_SYS_PTRACE or root.`);
  return missing("No process of a mail system runs on this machine.");
}

function mailProcesses(proc: ProcRoot): string[] {
  return proc.list(".").filter((name) => /^[0-9]+$/.test(name) && MAIL_PROCESSES.has((proc.tryRead(`${name}/comm`) ?? "").trim()));
}
