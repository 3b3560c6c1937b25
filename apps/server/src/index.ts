export { type ApplyOptions, type ApplyPlace, apply, exported } from "./applying/apply.ts";
export type { ServerAccess } from "./applying/on-server.ts";
export { type Backup, type BackupOptions, backup } from "./backup.ts";
export { ConfigError } from "./config/config-error.ts";
export { type MigratedStore, type MigrateStoreOptions, migrateStore } from "./migrate-store.ts";
export { type LinkOptions, link, type RunningServer, type ServeOptions, serve } from "./serve.ts";
export type { StressCommand, StressNotice } from "./stress/stress-runner.ts";
export type { LabNotice } from "./vantages/lab-wire.ts";
