/** A sink in a process of its own, so that it takes nothing from the generator's event loop. Ends with its parent. */
import { type SinkOptions, startSink } from "./sink-server.ts";

const sink = await startSink(JSON.parse(process.argv[2] ?? "{}") as SinkOptions);
process.send?.({ port: sink.port });
process.on("disconnect", () => process.exit(0));
