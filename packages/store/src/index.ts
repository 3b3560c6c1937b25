export * from "./interfaces/finding-store.ts";
export * from "./interfaces/log-store.ts";
export * from "./interfaces/peer-store.ts";
export * from "./interfaces/store.ts";
export * from "./interfaces/watch-store.ts";
export { openLogStore, openStore, type StoreOptions } from "./open-store.ts";
export type { UpgradeStep } from "./schema/schema-upgrade.ts";
export { StoreError, type StoreTrouble } from "./store-error.ts";
