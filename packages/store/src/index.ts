export * from "./finding-store.ts";
export * from "./log-store.ts";
export { openLogStore, openStore, type StoreOptions } from "./open-store.ts";
export * from "./peer-store.ts";
export * from "./store.ts";
export { StoreError } from "./store-error.ts";
export * from "./watch-store.ts";
