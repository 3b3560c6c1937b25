/** Starts a sink in a child process. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { SinkOptions } from "./sink-server.ts";

const PROGRAM = fileURLToPath(new URL("./sink-process.ts", import.meta.url));
const START_MS = 20_000;

export interface SinkChild extends AsyncDisposable {
  readonly port: number;
}

/** @throws where it does not start */
export async function startSinkChild(options: SinkOptions): Promise<SinkChild> {
  const child = fork(PROGRAM, [JSON.stringify(options)], { stdio: ["ignore", "ignore", "ignore", "ipc"] });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The sink did not start within ${START_MS / 1000} s.`)), START_MS);
    child.once("message", (message: { port: number }) => {
      clearTimeout(timer);
      resolve(message.port);
    });
    child.once("exit", () => {
      clearTimeout(timer);
      reject(new Error("The sink ended at its start."));
    });
  });
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.kill();
      await exited;
    },
  };
}
