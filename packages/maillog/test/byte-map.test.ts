import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { ByteMap } from "../src/bytes/byte-map.ts";

const put = <V>(map: ByteMap<V>, key: string, value: V, salt = 0) => map.set(Buffer.from(key), 0, key.length, value, salt);
const get = <V>(map: ByteMap<V>, key: string, salt = 0) => map.get(Buffer.from(key), 0, key.length, salt);
const take = <V>(map: ByteMap<V>, key: string) => map.take(Buffer.from(key), 0, key.length);

test("does what a Map does, over 200,000 random sets, gets and takes", () => {
  const map = new ByteMap<number>(1 << 16);
  const model = new Map<string, number>();
  let state = 7;
  const random = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
  for (let step = 0; step < 200_000; step += 1) {
    const key = `key-${"x".repeat(random(9))}${random(20_000)}`;
    switch (random(3)) {
      case 0:
        put(map, key, step);
        model.set(key, step);
        break;
      case 1:
        expect(get(map, key)).toBe(model.get(key));
        break;
      default:
        expect(take(map, key)).toBe(model.get(key));
        model.delete(key);
    }
  }
});

test("is filled to the last entry without forgetting one", () => {
  for (let seed = 0; seed < 5; seed += 1) {
    const map = new ByteMap<number>(1 << 16);
    for (let key = 0; key < 1 << 16; key += 1) put(map, `${seed}-${key}`, key);
    let lost = 0;
    for (let key = 0; key < 1 << 16; key += 1) if (get(map, `${seed}-${key}`) !== key) lost += 1;
    expect(lost).toBe(0);
  }
});

test("tells equal keys of different origin apart, and finds a key inside a longer line", () => {
  const map = new ByteMap<string>(256);
  put(map, "4F2D11B8A0", "one", 1);
  put(map, "4F2D11B8A0", "two", 2);
  expect([get(map, "4F2D11B8A0", 1), get(map, "4F2D11B8A0", 2), get(map, "4F2D11B8A0", 3)]).toEqual(["one", "two", undefined]);
  const line = Buffer.from("mx1: 4F2D11B8A0: removed");
  expect(map.get(line, 5, 15, 2)).toBe("two");
});

test("keeps at most two generations, and in them what was asked for last", () => {
  const map = new ByteMap<number>(256);
  for (let key = 0; key < 100_000; key += 1) {
    put(map, `key-${key}`, key);
    expect(get(map, "key-0")).toBe(0);
  }
  let kept = 0;
  for (let key = 0; key < 100_000; key += 1) if (get(map, `key-${key}`) !== undefined) kept += 1;
  expect(kept).toBeLessThanOrEqual(512);
  expect(kept).toBeGreaterThan(100);
});

test("long keys find room, however many there are", () => {
  const map = new ByteMap<number>(1024);
  const key = (index: number) => Buffer.from(`${index} `.padEnd(600, "k"));
  for (let index = 0; index < 5000; index += 1) map.set(key(index), 0, 600, index);
  for (let index = 4950; index < 5000; index += 1) expect(map.get(key(index), 0, 600)).toBe(index);
});

test("what was taken makes room: what stays is not forgotten", () => {
  const map = new ByteMap<number>(1024);
  for (let key = 0; key < 100; key += 1) put(map, `stays-${key}`, key);
  for (let key = 0; key < 100_000; key += 1) {
    put(map, `goes-${key}`, key);
    expect(take(map, `goes-${key}`)).toBe(key);
  }
  for (let key = 0; key < 100; key += 1) expect(get(map, `stays-${key}`)).toBe(key);
});
