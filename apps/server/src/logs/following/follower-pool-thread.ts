/** The thread behind `ThreadedFollowerPool`: opens the store, follows the logs that it is ordered to, and ends on order. */
import { constants, getPriority, setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { openLogStore } from "@mxray/store";
import { LocalFollowerPool } from "./local-follower-pool.ts";
import type { FollowerPoolOrder, FollowerPoolPlace, FollowerPoolReport } from "./threaded-follower-pool.ts";

// Linux lets a thread step back for itself: whoever asks for a page goes before a backlog.
if (process.platform === "linux") stepBack();

const tell = (report: FollowerPoolReport) => parentPort?.postMessage(report);
const { place, logFolders } = workerData as FollowerPoolPlace;
const store = openLogStore(place);
const pool = new LocalFollowerPool({
  store: store.logs,
  logFolders,
  onNews: (news) => tell({ kind: "news", news }),
  onError: (error) => tell({ kind: "error", error }),
  // It ends with this thread, which the other side notices.
  onEnd: () => undefined,
});

parentPort?.on("message", async (order: FollowerPoolOrder) => {
  switch (order.kind) {
    case "follow":
      pool.follow(order.source);
      return;
    case "leave":
      await pool.leave(order.id);
      tell({ kind: "left", id: order.id });
      return;
    case "tidy":
      await pool.tidy(order.now, order.eventDays);
      tell({ kind: "tidied" });
      return;
    case "stop":
      await pool.stop();
      await store.close();
      parentPort?.close();
      // Standard input may stay open for good.
      process.stdin.destroy();
  }
});

/** As far as that is allowed: a process that was started with a lower priority already may not raise it. */
function stepBack(): void {
  try {
    if (getPriority(0) < constants.priority.PRIORITY_BELOW_NORMAL) setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It reads all the same.
  }
}
