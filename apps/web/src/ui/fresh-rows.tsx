import { ArrowUp } from "lucide-react";
import { Button } from "./button.tsx";

/** That a list has new rows, which wait until its reader wants them. */
export function FreshRows({ count, show }: { count: number; show: () => void }) {
  return (
    <div aria-live="polite" className="sticky top-3 z-10 grid justify-items-center empty:hidden">
      {count > 0 && (
        <Button className="rounded-full shadow-md" onClick={show}>
          <ArrowUp size={15} aria-hidden /> {count} new · show
        </Button>
      )}
    </div>
  );
}
