/** The thread behind `LogThread`: opens the store, too, follows what it is told to, and ends when it is told to. */
import { constants, setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { openLogStore } from "@mxray/store";
import type { LogThreadOrder, LogThreadReport } from "./log-thread.ts";
import { LogWorkers } from "./log-workers.ts";

// Linux lets a thread step back for itself: whoever asks for a page goes before a backlog.
if (process.platform === "linux") setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);

const tell = (report: LogThreadReport) => parentPort?.postMessage(report);
const store = openLogStore(workerData as string);
const workers = new LogWorkers({
  store: store.logs,
  onNews: (news) => tell({ kind: "news", news }),
  onError: (error) => tell({ kind: "error", error }),
});

parentPort?.on("message", async (order: LogThreadOrder) => {
  switch (order.kind) {
    case "follow":
      workers.follow(order.source);
      return;
    case "leave":
      await workers.leave(order.id);
      tell({ kind: "left", id: order.id });
      return;
    case "tidy":
      await workers.tidy(order.now, order.eventDays);
      tell({ kind: "tidied" });
      return;
    case "stop":
      await workers.stop();
      await store.close();
      parentPort?.close();
      // Standard input may stay open for good.
      process.stdin.destroy();
  }
});
