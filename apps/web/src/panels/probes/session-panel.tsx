import type { MailHostObservation } from "@mxray/contracts";
import type { ReactNode } from "react";
import { Badge } from "../../ui/badge.tsx";
import { Disclosure } from "../../ui/disclosure.tsx";

/** What the host said of itself: greeting, keywords, TLS; and what our kernel knows. */
export function SessionPanel({ host }: { host: MailHostObservation }) {
  const { greeting, ehlo, tls, path } = host;
  const certificate = tls?.certificate ?? null;
  return (
    <Disclosure title="Session facts" aside={tls?.protocol ?? "no TLS"}>
      <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-[9rem_1fr]">
        <Fact name="Greeting">
          {greeting.text === null ? "none" : <code className="font-mono text-[13px] break-all whitespace-pre-wrap">{greeting.text}</code>}
          {greeting.mask !== "none" && <Badge tone="warn">masked</Badge>}
        </Fact>
        <Fact name="EHLO keywords">
          {ehlo.keywords.length === 0 ? (
            "none"
          ) : (
            <span className="flex flex-wrap gap-1.5">
              {ehlo.keywords.map((keyword) => (
                <code
                  key={keyword}
                  className={`rounded border px-1.5 py-0.5 font-mono text-xs break-all ${ehlo.masked.includes(keyword) ? "border-warn text-warn" : "border-line"}`}
                >
                  {keyword}
                </code>
              ))}
            </span>
          )}
        </Fact>
        <Fact name="TLS">{tls === null || tls.protocol === null ? "none" : `${tls.protocol}, ${tls.cipher ?? "unknown cipher"}`}</Fact>
        {certificate !== null && (
          <Fact name="Certificate">
            {certificate.subject} · issued by {certificate.issuer} · until {certificate.notAfter} · chain of {certificate.chainBytes} bytes
            {tls?.authorizationError != null && ` · ${tls.authorizationError}`}
          </Fact>
        )}
        <Fact name="Segments">
          our limit {path.mss.ours ?? "?"} bytes{path.mss.peer !== null && `, the host asked for ${path.mss.peer} bytes`}
          {path.cachedMtu !== null && `; our kernel remembered a path MTU of ${path.cachedMtu}`}
        </Fact>
        {!path.kernel.available && <Fact name="Kernel">{path.kernel.reason ?? "Kernel facts are not available on this machine."}</Fact>}
      </dl>
    </Disclosure>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="font-semibold text-soft">{name}</dt>
      <dd className="-mt-2 flex min-w-0 flex-wrap items-center gap-2 break-words sm:mt-0">{children}</dd>
    </>
  );
}
