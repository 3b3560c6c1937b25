import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { api } from "../../api/client.ts";
import { sessionEnd } from "../../api/session-end.ts";
import { useLive } from "../../api/use-live.ts";
import { Button } from "../../ui/button.tsx";
import { CodeBlock } from "../../ui/code-block.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Message } from "../../ui/message.tsx";

/** The session ended: how to get another, and that nothing is lost meanwhile. Goes away when there is one. */
export function SessionDialog() {
  const live = useLive();
  const client = useQueryClient();
  const [asked, ask] = useState(0);
  const [refused, refuse] = useState(false);
  useEffect(() => {
    const look = async () => {
      if (await api.isSignedIn()) {
        sessionEnd.isOver();
        // Another user may have signed in, or the same one with another role.
        void client.invalidateQueries({ queryKey: ["session"] });
        live.retry();
      } else refuse(asked > 0);
    };
    void look();
    // Somebody who comes back from another tab has signed in there.
    window.addEventListener("focus", look);
    return () => window.removeEventListener("focus", look);
  }, [live, client, asked]);
  return (
    <Dialog
      title="Your session has ended"
      description="Sign in again to continue. This page and everything you typed are kept."
      onClose={() => ask(asked + 1)}
    >
      <ol className="mt-4 list-decimal space-y-3 pl-5">
        <li>
          Open the{" "}
          <a href="/sign-in" target="_blank" rel="noreferrer" className="text-accent underline">
            sign-in page
          </a>{" "}
          in another tab. The owner can print a one-time link on the server’s machine instead:
          <CodeBlock title="In mxray’s folder" text="npx mxray link" />
        </li>
        <li>Sign in there, and come back here.</li>
      </ol>
      {refused && (
        <div className="mt-3">
          <Message tone="warn">There is no session yet.</Message>
        </div>
      )}
      <div className="mt-5 flex justify-end">
        <Button look="primary" onClick={() => ask(asked + 1)}>
          I have signed in
        </Button>
      </div>
    </Dialog>
  );
}
