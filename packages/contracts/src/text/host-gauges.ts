/** What each gauge of a machine is called, and its unit, in the order of a listing. */
export const HOST_GAUGES: Readonly<Record<string, { readonly name: string; readonly unit: "%" | "/s" | "" }>> = {
  psiIoSome: { name: "Waiting for disks (some tasks)", unit: "%" },
  psiIoFull: { name: "Waiting for disks (all tasks)", unit: "%" },
  psiMemorySome: { name: "Waiting for memory (some tasks)", unit: "%" },
  psiMemoryFull: { name: "Waiting for memory (all tasks)", unit: "%" },
  psiCpuSome: { name: "Waiting for a CPU (some tasks)", unit: "%" },
  cpuBusy: { name: "CPU busy", unit: "%" },
  running: { name: "Running tasks, against CPUs", unit: "" },
  blocked: { name: "Tasks blocked on I/O", unit: "" },
  memory: { name: "Memory in use", unit: "%" },
  swappedIn: { name: "Pages read back from swap", unit: "/s" },
  openFiles: { name: "Open files of the machine", unit: "" },
  mailOpenFiles: { name: "Open files of the fullest mail process", unit: "" },
  processes: { name: "Processes and threads", unit: "" },
  sockets: { name: "Sockets", unit: "" },
  localPorts: { name: "TCP sockets in use or closing, against local ports", unit: "" },
  conntrack: { name: "Tracked connections", unit: "" },
  listenOverflows: { name: "Connections lost to full listen queues", unit: "/s" },
  listenDrops: { name: "Connections dropped by listeners", unit: "/s" },
  tcpRetransmitted: { name: "TCP segments sent again", unit: "%" },
  queueMaildrop: { name: "Queue: maildrop", unit: "" },
  queueIncoming: { name: "Queue: incoming", unit: "" },
  queueActive: { name: "Queue: active", unit: "" },
  queueDeferred: { name: "Queue: deferred", unit: "" },
  queueHold: { name: "Queue: hold", unit: "" },
  queueSpace: { name: "Space of the queue's disk in use", unit: "%" },
  queueInodes: { name: "Inodes of the queue's disk in use", unit: "%" },
  queue: { name: "Mail queue", unit: "" },
};

/** `9,512 of 10,000 (95 %)`, `3.2 %`, `0.4/s`; null where it could not be read. */
export function hostGaugeText(gauge: string, value: number | null, limit: number | null): string | null {
  if (value === null) return null;
  const unit = HOST_GAUGES[gauge]?.unit ?? "";
  const number = (one: number) => one.toLocaleString("en", { maximumFractionDigits: one < 10 ? 1 : 0 });
  if (unit === "%") return `${number(value)} %`;
  if (unit === "/s") return `${number(value)}/s`;
  return limit === null || limit <= 0 ? number(value) : `${number(value)} of ${number(limit)} (${number((100 * value) / limit)} %)`;
}
