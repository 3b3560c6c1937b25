import type { LinkCreated } from "@mxray/contracts";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Download, Eye, FileText, Link2 } from "lucide-react";
import { useState } from "react";
import { api } from "../../api/client.ts";
import { LINKS_KEY, useLinks, works } from "../../api/links.ts";
import { LinkRows } from "../../panels/links/link-rows.tsx";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Message } from "../../ui/message.tsx";
import { SecretLink } from "../../ui/secret-link.tsx";
import { Time } from "../../ui/time.tsx";

const DAYS = [7, 30, 90, 365];

/** Makes a link for somebody without an account, and lists and revokes those that were made. */
export function ShareDialog({ probeId, onClose }: { probeId: string; onClose: () => void }) {
  const client = useQueryClient();
  const [expiresInDays, setDays] = useState(30);
  const [note, setNote] = useState("");
  const [includePrivate, setIncludePrivate] = useState(false);
  const share = useMutation({ mutationFn: api.shareDiagnosis, onSuccess: () => client.invalidateQueries({ queryKey: LINKS_KEY }) });
  const draft = { probeId, expiresInDays: String(expiresInDays), includePrivate: String(includePrivate), note };
  const previewUrl = `/d/preview?${new URLSearchParams(draft)}`;
  return (
    <Dialog
      title="Share this diagnosis"
      description="Anyone with the link sees this diagnosis and nothing else. No account is needed."
      onClose={onClose}
    >
      {share.data === undefined ? (
        <form
          className="mt-5 space-y-4"
          onSubmit={(event) => {
            event.preventDefault();
            share.mutate({ probeId, expiresInDays, includePrivate, ...(note.trim() === "" ? {} : { note }) });
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
              Show mail addresses, internal host names and this machine’s IP address
              <span className="block text-sm text-soft">
                Otherwise they are removed. Network teams need the source address to filter a capture. Router addresses are always included.
              </span>
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
        <Made share={share.data} />
      )}
      <MadeBefore probeId={probeId} />
    </Dialog>
  );
}

function Made({ share: { url, token, loopback, expiresAt } }: { share: LinkCreated }) {
  const files = (
    <div className="flex flex-wrap gap-2">
      <a href={`/d/${token}.html`} download className={buttonClass(loopback ? "primary" : "plain")}>
        <Download size={16} aria-hidden /> One HTML file
      </a>
      <a href={`/d/${token}.md`} download className={buttonClass()}>
        <FileText size={16} aria-hidden /> Markdown for a ticket
      </a>
      <a href={`/d/${token}.json`} target="_blank" rel="noreferrer" className={buttonClass()}>
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
      <SecretLink url={url} label="Link to the diagnosis" />
      {!loopback && files}
      <p className="text-sm text-soft">
        It works until {expiresAt === null ? "you revoke it" : <Time at={expiresAt} />}. Copy it now; it cannot be shown again.
      </p>
    </div>
  );
}

function MadeBefore({ probeId }: { probeId: string }) {
  const { links } = useLinks();
  const now = new Date().toISOString();
  const mine = (links ?? []).filter((link) => link.probeId === probeId && works(link, now));
  if (mine.length === 0) return null;
  return (
    <section className="mt-6 border-t border-line pt-4" aria-label="Active links">
      <h3 className="mb-1 text-sm font-semibold text-soft">Active links</h3>
      <LinkRows label="Links to this diagnosis" links={mine} />
    </section>
  );
}
