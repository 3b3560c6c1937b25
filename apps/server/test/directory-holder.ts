/** A process that takes the data directory of its first argument, says that its server is at the second, and keeps it. */
import { DataDirectory } from "../src/data-directory.ts";

const [dir = "", url = ""] = process.argv.slice(2);
const directory = await DataDirectory.claim(dir);
await directory.announce(url, null);
process.send?.("taken");
setInterval(() => directory, 60_000);
