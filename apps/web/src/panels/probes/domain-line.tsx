/** What a probe means for the domain's mail: delivered or not, by which hosts, what was not searched. */
import type { DomainVerdict } from "@mxray/contracts";

const WORDS: Record<DomainVerdict["delivers"], string> = {
  yes: "Delivered",
  delayed: "Delayed",
  partly: "Partly delivered",
  no: "Not delivered",
  unknown: "Unknown",
};

export function DomainLine({ domain: { delivers, sentence } }: { readonly domain: DomainVerdict }) {
  return (
    <p className="text-sm text-muted">
      <strong className="text-ink">{WORDS[delivers]}.</strong> {sentence}
    </p>
  );
}
