/** Pages that are loaded when they are opened. Not the router's own way, which reloads by itself what cannot be loaded. */
import { type ComponentType, use } from "react";

/** What browsers say when a script cannot be had: it is gone after an upgrade, or nobody answers. */
const NOT_LOADED = /dynamically imported module|Importing a module script failed|Unable to preload/i;

export function isNotLoaded(error: unknown): boolean {
  return error instanceof Error && NOT_LOADED.test(error.message);
}

/** The router waits for `preload` before it leaves the page that is shown; what failed is tried again by it, and by nothing else. */
export function lazyPage<P extends object = object>(load: () => Promise<ComponentType<P>>) {
  let loading: Promise<ComponentType<P>> | undefined;
  let failed = false;
  const loaded = () => {
    loading ??= load().catch((error: unknown) => {
      failed = true;
      throw error;
    });
    return loading;
  };
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each page, as its module is loaded
  function LazyPage(props: P) {
    const Page = use(loaded());
    return <Page {...props} />;
  }
  return Object.assign(LazyPage, {
    async preload() {
      if (failed) loading = undefined;
      failed = false;
      await loaded();
    },
  });
}
