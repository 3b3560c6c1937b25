import { useLinks, works } from "../../api/links.ts";
import { LinkRows } from "../../panels/links/link-rows.tsx";
import { Message } from "../../ui/message.tsx";

/** Active wall links, with their last use. */
export function WallLinkList() {
  const { links, error } = useLinks();
  const now = new Date().toISOString();
  const working = (links ?? []).filter((link) => link.opens === "wall" && works(link, now));
  if (working.length === 0 && error === null) return null;
  return (
    <section className="mt-6 border-t border-line pt-4" aria-label="Active wall links">
      <h3 className="mb-1 text-sm font-semibold text-soft">Active wall links</h3>
      {error !== null && <Message tone="bad">{error.message}</Message>}
      <LinkRows label="Wall links" links={working} />
    </section>
  );
}
