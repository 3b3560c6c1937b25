export { ConfigError } from "./config-error.ts";
export { type LinkOptions, link, type RunningServer, type ServeOptions, serve } from "./serve.ts";
