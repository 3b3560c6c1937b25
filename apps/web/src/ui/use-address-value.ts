import { useState } from "react";

/** A choice that is kept in the page's address, so that it survives a reload and travels with the link. For pages without a router. */
export function useAddressValue(name: string): [value: string | undefined, choose: (value: string | undefined) => void] {
  const [value, set] = useState(() => new URLSearchParams(window.location.search).get(name) ?? undefined);
  const choose = (chosen: string | undefined) => {
    const address = new URL(window.location.href);
    if (chosen === undefined) address.searchParams.delete(name);
    else address.searchParams.set(name, chosen);
    window.history.replaceState(null, "", address);
    set(chosen);
  };
  return [value, choose];
}
