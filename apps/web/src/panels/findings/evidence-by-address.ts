/** Rows of evidence by the address that each is about: what all addresses have in common first, and once. Pure. */
import type { Evidence } from "@mxray/contracts";

export interface AddressEvidence {
  /** Null for what is true of every address, or of none in particular. */
  readonly address: string | null;
  readonly texts: readonly string[];
}

export function evidenceByAddress(evidence: readonly Evidence[]): AddressEvidence[] {
  const rows = evidence.map(({ text, data: { address } }) => {
    if (typeof address !== "string") return { address: null, text };
    // Some name the host as well.
    const prefix = [`${address}: `, `[${address}]: `].find((one) => text.includes(one));
    return { address, text: prefix === undefined ? text : text.slice(text.indexOf(prefix) + prefix.length) };
  });
  const addresses = [...new Set(rows.flatMap(({ address }) => address ?? []))];
  const addressesOf = Map.groupBy(rows, ({ text }) => text);
  const isShared = (text: string) => new Set(addressesOf.get(text)?.map(({ address }) => address)).size >= addresses.length;
  const of = (address: string | null, texts: readonly string[]): AddressEvidence[] => {
    return texts.length === 0 ? [] : [{ address, texts: [...new Set(texts)] }];
  };
  return [
    ...of(
      null,
      rows.flatMap(({ address, text }) => (address === null || isShared(text) ? text : [])),
    ),
    ...addresses.flatMap((address) =>
      of(
        address,
        rows.flatMap((row) => (row.address === address && !isShared(row.text) ? row.text : [])),
      ),
    ),
  ];
}
