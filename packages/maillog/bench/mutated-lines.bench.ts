/**
 * A million mutated lines, of a seed that is printed: `--seed N` runs them again. Nothing may be thrown, slow or unprintable.
 * A quarter of them, of a fixed seed, is among the unit tests.
 */
import { performance } from "node:perf_hooks";
import { readMutatedLines } from "./mutated-lines.ts";

const LINES = 1_000_000;

const given = process.argv[process.argv.indexOf("--seed") + 1];
const seed = process.argv.includes("--seed") ? Number(given) : Math.floor(Math.random() * 2 ** 31);
console.log(`${LINES} mutated lines of seed ${seed}`);
const began = performance.now();
const result = readMutatedLines(LINES, seed);
console.log(JSON.stringify(result), `${((performance.now() - began) / 1000).toFixed(1)} s`);
if (result.slow + result.unprintable > 0) process.exitCode = 1;
