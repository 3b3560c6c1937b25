import { Link } from "@tanstack/react-router";
import { useLinks, works } from "../../api/links.ts";
import { LinkRows } from "../../panels/links/link-rows.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Disclosure } from "../../ui/disclosure.tsx";
import { Message } from "../../ui/message.tsx";

/** Every link that opens something without an account: shares and wall links. */
export function LinksSection() {
  const { links, error, retry } = useLinks();
  if (error !== null) {
    return (
      <Message tone="bad" action={<Button onClick={retry}>Try again</Button>}>
        {error.message}
      </Message>
    );
  }
  if (links === null) return <p className="py-8 text-center text-soft">Loading …</p>;
  const now = new Date().toISOString();
  const working = links.filter((link) => works(link, now));
  const ended = links.filter((link) => !works(link, now));
  return (
    <>
      <Card title="Active links" aside={working.length === 0 ? undefined : String(working.length)}>
        <p className="mb-4 max-w-[75ch] text-soft">
          Anyone who has one of these sees what it opens, without an account. “By” names the user, or the browser of the owner, and the
          address that the sign-in came from.
        </p>
        {working.length === 0 ? (
          <p className="rounded-lg border border-dashed border-line px-4 py-8 text-center text-soft">
            No active links. “Share” on{" "}
            <Link to="/diagnose" className="text-accent underline underline-offset-2">
              a diagnosis
            </Link>{" "}
            and “Wall screen” above make one.
          </p>
        ) : (
          <LinkRows label="Active links" links={working} />
        )}
      </Card>
      {ended.length > 0 && (
        <Disclosure title="Ended links" aside={String(ended.length)}>
          <LinkRows label="Ended links" links={ended} />
        </Disclosure>
      )}
    </>
  );
}
