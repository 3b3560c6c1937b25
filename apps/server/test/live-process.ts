/** Looks at the SMTP connections of whatever network namespace it was started in, until one stalls; prints them and when it looked first. */
import { mailSocketReader } from "@mxray/probe";
import { LiveDeliveries } from "../src/host/live-deliveries.ts";
import { LiveFeed } from "../src/live-feed.ts";

const feed = new LiveFeed();
const onError = (error: unknown) => {
  throw error;
};
const live = new LiveDeliveries({ feed, read: mailSocketReader(), onStalls: async () => {}, onError });
feed.listen(() => {
  if (live.view().count.stalled > 0) process.stdout.write(JSON.stringify(live.view()), () => process.exit(0));
}, new AbortController().signal);
live.start();
setTimeout(() => process.exit(1), 40_000);
