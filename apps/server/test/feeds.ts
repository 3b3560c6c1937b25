/** Suites about work that must be done run with both: pages may miss news, work may not. */
import { LiveFeed } from "../src/live-feed.ts";

/** Delivers nothing to anybody. */
class DeafFeed extends LiveFeed {
  override changed(): void {}
  override happened(): void {}
  override tell(): void {}
}

export const FEEDS = [
  { heard: true, feed: "a live feed", newFeed: () => new LiveFeed() },
  { heard: false, feed: "a feed that delivers nothing", newFeed: () => new DeafFeed() },
] as const;
