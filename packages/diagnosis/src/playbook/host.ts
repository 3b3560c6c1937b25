/** Remedies for a machine at its limits. The numbers are twice the limits that were read; looking comes before changing. */
import type { PlaybookEntry } from "./playbook-entry.ts";

const ours = { audience: "receiver", kind: "fix" } as const;
const tuning = "https://www.postfix.org/TUNING_README.html";

export const hostEntries: readonly PlaybookEntry[] = [
  {
    ...ours,
    id: "linux-host-look",
    platform: "linux",
    codes: ["host-files", "host-processes", "host-sockets", "host-memory"],
    mildness: 1,
    title: "Linux: find out what uses files, processes, sockets and memory",
    steps:
      "# Open files, the five processes with the most:\nfor d in /proc/[0-9]*; do echo \"$(ls $d/fd 2>/dev/null | wc -l) $(cat $d/comm 2>/dev/null)\"; done | sort -rn | head -5\n# Processes by program:\nps -eo comm= | sort | uniq -c | sort -rn | head -5\n# Sockets by state:\nss -tan | awk 'NR > 1 { print $1 }' | sort | uniq -c\n# Memory:\nps -eo rss=,comm= --sort=-rss | head -5",
    undo: "# Only looks; nothing to undo.",
    check: "mxray host",
    sideEffects: "A program that leaks files or processes reaches any limit: raise a limit only for load that is real.",
    reference: "https://man7.org/linux/man-pages/man5/proc.5.html",
  },
  {
    ...ours,
    id: "linux-unit-files",
    platform: "linux",
    codes: ["host-files"],
    mildness: 3,
    title: "Linux: raise the open-file limit of the mail server",
    steps:
      "mkdir -p /etc/systemd/system/postfix.service.d\nprintf '[Service]\\nLimitNOFILE={{process-files-limit}}\\n' > /etc/systemd/system/postfix.service.d/files.conf\nsystemctl daemon-reload\nsystemctl restart postfix",
    undo: "rm /etc/systemd/system/postfix.service.d/files.conf\nsystemctl daemon-reload\nsystemctl restart postfix",
    check: "grep 'open files' /proc/$(pgrep -o -x master)/limits",
    sideEffects: "Restarts Postfix: open connections end. Up to Debian 12 the unit is called postfix@-.",
    reference: "https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html",
  },
  {
    ...ours,
    id: "linux-files-all",
    platform: "linux",
    codes: ["host-files"],
    mildness: 4,
    title: "Linux: raise the open-file limit of the machine",
    steps:
      "sysctl -n fs.file-max > /root/file-max.before\nsysctl -w fs.file-max={{files-limit}}\necho 'fs.file-max = {{files-limit}}' > /etc/sysctl.d/60-files.conf",
    undo: "rm /etc/sysctl.d/60-files.conf\nsysctl -w fs.file-max=$(cat /root/file-max.before)",
    check: "cat /proc/sys/fs/file-nr",
    sideEffects: "Each open file takes about 1 kB of the kernel's memory.",
    reference: "https://docs.kernel.org/admin-guide/sysctl/fs.html",
  },
  {
    ...ours,
    id: "linux-tasks",
    platform: "linux",
    codes: ["host-processes"],
    mildness: 4,
    title: "Linux: raise the limit on processes and threads",
    steps:
      "# Which of the three is the limit?\nsysctl kernel.pid_max kernel.threads-max\nsystemctl show postfix -p TasksMax\nsysctl -w kernel.pid_max={{tasks-limit}} kernel.threads-max={{tasks-limit}}\nprintf 'kernel.pid_max = {{tasks-limit}}\\nkernel.threads-max = {{tasks-limit}}\\n' > /etc/sysctl.d/60-tasks.conf",
    undo: "rm /etc/sysctl.d/60-tasks.conf\n# Set the two to the values that the first command showed.",
    check: "cut -d' ' -f4 /proc/loadavg",
    sideEffects: "Each process takes memory. kernel.pid_max is at most 4194304; never lower what is larger already.",
    reference: "https://docs.kernel.org/admin-guide/sysctl/kernel.html",
  },
  {
    ...ours,
    id: "linux-conntrack",
    platform: "linux",
    codes: ["host-sockets"],
    mildness: 4,
    title: "Linux: raise the limit on tracked connections",
    steps:
      "sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max\nsysctl -w net.netfilter.nf_conntrack_max={{conntrack-limit}}\necho 'net.netfilter.nf_conntrack_max = {{conntrack-limit}}' > /etc/sysctl.d/60-conntrack.conf",
    undo: "rm /etc/sysctl.d/60-conntrack.conf\n# Set it to the value that the first command showed.",
    check: "dmesg | grep -c 'nf_conntrack: table full'\n# The count no longer grows.",
    sideEffects: "Each entry takes about 320 bytes of the kernel's memory. A rule with `notrack` for port 25 avoids them altogether.",
    reference: "https://docs.kernel.org/networking/nf_conntrack-sysctl.html",
  },
  {
    ...ours,
    id: "linux-listen-queue",
    platform: "linux",
    codes: ["host-sockets"],
    mildness: 4,
    title: "Linux: lengthen the listen queues",
    steps:
      "# Recv-Q against Send-Q: which listener is full?\nss -ltn\nnstat -az TcpExtListenOverflows TcpExtListenDrops\nsysctl net.core.somaxconn\nsysctl -w net.core.somaxconn=4096\necho 'net.core.somaxconn = 4096' > /etc/sysctl.d/60-listen.conf\nsystemctl restart postfix",
    undo: "rm /etc/sysctl.d/60-listen.conf\n# Set it to the value that was shown.\nsystemctl restart postfix",
    check: "nstat -az TcpExtListenOverflows",
    sideEffects:
      "4096 is the default from Linux 5.4 on; a longer queue only helps against bursts. A queue that is always full means that too few processes accept connections.",
    reference: "https://docs.kernel.org/admin-guide/sysctl/net.html",
  },
  {
    ...ours,
    id: "postfix-slow-disk",
    platform: "postfix",
    codes: ["host-io"],
    mildness: 1,
    title: "Postfix: find out what writes to the queue's disk, and move it elsewhere",
    steps:
      "findmnt -T $(postconf -h queue_directory)\ndf -h $(postconf -h queue_directory)\ndf -i $(postconf -h queue_directory)\ncat /proc/pressure/io\niostat -x 5 3",
    undo: "# Only looks; nothing to undo.",
    check: "mxray host",
    sideEffects:
      "What helps: a log file that is not synced after each line (a leading `-` in rsyslog), logs and mailboxes on another disk, a disk with a protected write cache. What does not: `chattr -S` or mounting without `sync`. Postfix itself calls fsync for each message, so these attributes change nothing on today's file systems. More processes make a slow disk slower.",
    reference: tuning,
  },
  {
    ...ours,
    id: "postfix-fewer-deliveries",
    platform: "postfix",
    codes: ["host-memory"],
    kind: "workaround",
    mildness: 3,
    title: "Postfix: run fewer processes while memory is short",
    steps: "postconf default_process_limit\npostconf -e 'default_process_limit = 50'\npostfix reload",
    undo: "postconf -X default_process_limit\npostfix reload",
    check: "cat /proc/pressure/memory",
    sideEffects: "Clients wait longer for a free process at busy times. The default is 100.",
    reference: tuning,
  },
  {
    ...ours,
    id: "postfix-queue-look",
    platform: "postfix",
    codes: ["queue-growing"],
    mildness: 1,
    title: "Postfix: find out which queue grows and for which destinations",
    steps: "qshape incoming active\nqshape deferred\npostqueue -j | head",
    undo: "# Only looks; nothing to undo.",
    check: "mxray host",
    sideEffects:
      "A large incoming queue: the disk or the cleanup service is slow. A large active queue: destinations or a content filter are slow. A large deferred queue: destinations do not accept messages.",
    reference: "https://www.postfix.org/QSHAPE_README.html",
  },
];
