import { CatchBoundary, type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { RefreshCw } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../ui/button.tsx";
import { Message } from "../ui/message.tsx";
import { isNotLoaded } from "./lazy-page.tsx";

/** Instead of a page that broke, or of which a part could not be loaded. */
export function PageProblem({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  if (isNotLoaded(error)) {
    return (
      <Message
        tone="warn"
        action={
          <Button onClick={() => window.location.reload()}>
            <RefreshCw size={15} aria-hidden /> Reload
          </Button>
        }
      >
        A part of this page could not be loaded: mxray was upgraded, or does not answer.
      </Message>
    );
  }
  const again = () => {
    reset();
    void router.invalidate();
  };
  return (
    <Message tone="bad" action={<Button onClick={again}>Try again</Button>}>
      This page stopped because of an error in mxray. Nothing was changed on the server.
    </Message>
  );
}

/** Keeps what goes wrong with a part of the page, such as a dialog, from the rest. */
export function PartBoundary({ children }: { children: ReactNode }) {
  return (
    <CatchBoundary getResetKey={() => "part"} errorComponent={PageProblem}>
      {children}
    </CatchBoundary>
  );
}
