import type { LinkCreated, LinkSummary } from "@mxray/contracts";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Download, Eye, FileText, Link2 } from "lucide-react";
import { useState } from "react";
import { api } from "../../api/client.ts";
import { LINKS_KEY, useLinks, works } from "../../api/links.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Message } from "../../ui/message.tsx";
import { SecretLink } from "../../ui/secret-link.tsx";
import { Time } from "../../ui/time.tsx";
import { LinkRows } from "./link-rows.tsx";

const DAYS = [7, 30, 90, 365];

/** What differs between a diagnosis and a stress test that is shared. */
const KINDS = {
  diagnosis: {
    what: "diagnosis",
    path: "/d/",
    key: "probeId",
    create: ({ id, ...rest }: Draft) => api.shareDiagnosis({ probeId: id, ...rest }),
    isOf: ({ probeId }: LinkSummary, id: string) => probeId === id,
    tick: "Show mail addresses, internal host names and this machine’s IP address",
    tickHint:
      "Otherwise they are removed. Network teams need the source address to filter a capture. Router addresses are always included.",
  },
  stress: {
    what: "stress test",
    path: "/s/",
    key: "runId",
    create: ({ id, ...rest }: Draft) => api.shareStress({ runId: id, ...rest }),
    isOf: ({ stressId }: LinkSummary, id: string) => stressId === id,
    tick: "Show mail addresses, addresses of machines and who ran it",
    tickHint: "Otherwise they are removed.",
  },
} as const;

interface Draft {
  readonly id: string;
  readonly expiresInDays: number;
  readonly includePrivate: boolean;
  readonly note?: string;
}

/** Makes a link for a reader without an account, and lists and revokes those that were made. */
export function ShareDialog({ opens, id, onClose }: { opens: keyof typeof KINDS; id: string; onClose: () => void }) {
  const kind = KINDS[opens];
  const client = useQueryClient();
  const [expiresInDays, setDays] = useState(30);
  const [note, setNote] = useState("");
  const [includePrivate, setIncludePrivate] = useState(false);
  const share = useMutation({ mutationFn: kind.create, onSuccess: () => client.invalidateQueries({ queryKey: LINKS_KEY }) });
  const draft = { [kind.key]: id, expiresInDays: String(expiresInDays), includePrivate: String(includePrivate), note };
  const previewUrl = `${kind.path}preview?${new URLSearchParams(draft)}`;
  return (
    <Dialog
      title={`Share this ${kind.what}`}
      description={`Anyone with the link sees this ${kind.what} and nothing else. No account is needed.`}
      onClose={onClose}
    >
      {share.data === undefined ? (
        <form
          className="mt-5 space-y-4"
          onSubmit={(event) => {
            event.preventDefault();
            share.mutate({ id, expiresInDays, includePrivate, ...(note.trim() === "" ? {} : { note }) });
          }}
        >
          <label className="block">
            <span className="mb-1 block text-sm font-semibold text-soft">Note to the recipient (optional)</span>
            <textarea
              value={note}
              onChange={({ target }) => setNote(target.value)}
              maxLength={2000}
              rows={3}
              className="w-full rounded-lg border border-line bg-ground px-3 py-2"
            />
          </label>
          <label className="flex items-center gap-3">
            <span className="text-sm font-semibold text-soft">The link works for</span>
            <select
              value={expiresInDays}
              onChange={({ target }) => setDays(Number(target.value))}
              className="rounded-lg border border-line bg-ground px-2 py-1.5"
            >
              {DAYS.map((days) => (
                <option key={days} value={days}>
                  {days} days
                </option>
              ))}
            </select>
          </label>
          <label className="flex items-start gap-2.5">
            <input
              type="checkbox"
              checked={includePrivate}
              onChange={({ target }) => setIncludePrivate(target.checked)}
              className="mt-1 size-4 accent-(--accent)"
            />
            <span>
              {kind.tick}
              <span className="block text-sm text-soft">{kind.tickHint}</span>
            </span>
          </label>
          {share.error !== null && <Message tone="bad">{share.error.message}</Message>}
          <div className="flex flex-wrap gap-2">
            <Button type="submit" look="primary" disabled={share.isPending}>
              <Link2 size={16} aria-hidden /> Create the link
            </Button>
            <a href={previewUrl} target="_blank" rel="noreferrer" className={buttonClass()}>
              <Eye size={16} aria-hidden /> Preview
            </a>
          </div>
        </form>
      ) : (
        <Made share={share.data} opens={opens} />
      )}
      <MadeBefore opens={opens} id={id} />
    </Dialog>
  );
}

function Made({ share: { url, token, loopback, expiresAt }, opens }: { share: LinkCreated; opens: keyof typeof KINDS }) {
  const { path, what } = KINDS[opens];
  const files = (
    <div className="flex flex-wrap gap-2">
      <a href={`${path}${token}.html`} download className={buttonClass(loopback ? "primary" : "plain")}>
        <Download size={16} aria-hidden /> One HTML file
      </a>
      <a href={`${path}${token}.md`} download className={buttonClass()}>
        <FileText size={16} aria-hidden /> Markdown for a ticket
      </a>
      <a href={`${path}${token}.json`} target="_blank" rel="noreferrer" className={buttonClass()}>
        JSON
      </a>
    </div>
  );
  return (
    <div className="mt-5 space-y-4">
      {loopback && (
        <>
          <Message tone="warn">
            This link works only on this machine. To share it, send the HTML file or start mxray with --public-url.
          </Message>
          {files}
        </>
      )}
      <SecretLink url={url} label={`Link to the ${what}`} />
      {!loopback && files}
      <p className="text-sm text-soft">
        It works until {expiresAt === null ? "you revoke it" : <Time at={expiresAt} show="zoned" />}. Copy it now; it cannot be shown again.
      </p>
    </div>
  );
}

function MadeBefore({ opens, id }: { opens: keyof typeof KINDS; id: string }) {
  const { isOf, what } = KINDS[opens];
  const { links } = useLinks();
  const now = new Date().toISOString();
  const mine = (links ?? []).filter((link) => isOf(link, id) && works(link, now));
  if (mine.length === 0) return null;
  return (
    <section className="mt-6 border-t border-line pt-4" aria-label="Active links">
      <h3 className="mb-1 text-sm font-semibold text-soft">Active links</h3>
      <LinkRows label={`Links to this ${what}`} links={mine} />
    </section>
  );
}
