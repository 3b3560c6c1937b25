import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Eye, Link2 } from "lucide-react";
import { useState } from "react";
import { api } from "../../api/client.ts";
import { LINKS_KEY, useLinks, works } from "../../api/links.ts";
import { LinkRows } from "../../panels/links/link-rows.tsx";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Message } from "../../ui/message.tsx";
import { SecretLink } from "../../ui/secret-link.tsx";
import { Time } from "../../ui/time.tsx";

const DAYS = 30;

/** Makes a link to one run for a reader without an account, and lists those that work. */
export function StressShareDialog({ runId, onClose }: { runId: string; onClose: () => void }) {
  const client = useQueryClient();
  const [note, setNote] = useState("");
  const [includePrivate, setIncludePrivate] = useState(false);
  const share = useMutation({ mutationFn: api.shareStress, onSuccess: () => client.invalidateQueries({ queryKey: LINKS_KEY }) });
  const { links } = useLinks();
  const now = new Date().toISOString();
  const mine = (links ?? []).filter((link) => link.stressId === runId && works(link, now));
  const preview = new URLSearchParams({ runId, note, includePrivate: String(includePrivate) });
  return (
    <Dialog title="Share this stress test" description="The link opens this run and nothing else, without an account." onClose={onClose}>
      {share.data === undefined ? (
        <form
          className="mt-5 space-y-4"
          onSubmit={(event) => {
            event.preventDefault();
            share.mutate({ runId, expiresInDays: DAYS, includePrivate, ...(note.trim() === "" ? {} : { note }) });
          }}
        >
          <label className="block">
            <span className="mb-1 block text-sm font-semibold text-soft">Note to the reader (optional)</span>
            <textarea
              value={note}
              onChange={({ target }) => setNote(target.value)}
              maxLength={2000}
              rows={3}
              className="w-full rounded-lg border border-line bg-ground px-3 py-2"
            />
          </label>
          <label className="flex items-start gap-2.5">
            <input
              type="checkbox"
              checked={includePrivate}
              onChange={({ target }) => setIncludePrivate(target.checked)}
              className="mt-1 size-4 accent-(--accent)"
            />
            <span>
              Show mail addresses, addresses of machines and who ran it
              <span className="block text-sm text-soft">They are left out otherwise.</span>
            </span>
          </label>
          {share.error !== null && <Message tone="bad">{share.error.message}</Message>}
          <div className="flex flex-wrap gap-2">
            <Button type="submit" look="primary" disabled={share.isPending}>
              <Link2 size={16} aria-hidden /> Make the link
            </Button>
            <a href={`/s/preview?${preview}`} target="_blank" rel="noreferrer" className={buttonClass()}>
              <Eye size={16} aria-hidden /> Preview
            </a>
          </div>
        </form>
      ) : (
        <div className="mt-5 space-y-4">
          {share.data.loopback && (
            <Message tone="warn">The link leads to this machine only. Send the HTML file, or start mxray with --public-url.</Message>
          )}
          <SecretLink url={share.data.url} label="Link to the stress test" />
          <a href={`/s/${share.data.token}.html`} download className={buttonClass()}>
            One HTML file
          </a>
          <p className="text-sm text-soft">
            It works until {share.data.expiresAt === null ? "you revoke it" : <Time at={share.data.expiresAt} />}. Copy it now; it cannot be
            shown again.
          </p>
        </div>
      )}
      {mine.length > 0 && (
        <section className="mt-6 border-t border-line pt-4" aria-label="Active links">
          <h3 className="mb-1 text-sm font-semibold text-soft">Active links</h3>
          <LinkRows label="Links to this stress test" links={mine} />
        </section>
      )}
    </Dialog>
  );
}
