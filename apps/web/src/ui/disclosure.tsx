import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";

/** Something for those who want to know more. */
export function Disclosure({
  title,
  aside,
  open = false,
  children,
}: {
  title: string;
  aside?: string;
  open?: boolean;
  children: ReactNode;
}) {
  return (
    <details open={open} className="card group min-w-0 rounded-xl border border-line bg-card">
      <summary className="flex list-none items-center gap-2 rounded-xl px-4 py-3.5 font-semibold hover:bg-raised sm:px-5 [&::-webkit-details-marker]:hidden">
        <ChevronRight size={17} aria-hidden className="shrink-0 text-faint transition group-open:rotate-90" />
        {title}
        {aside !== undefined && <span className="ml-auto text-sm font-normal text-soft">{aside}</span>}
      </summary>
      <div className="border-t border-line px-4 py-4 sm:px-5">{children}</div>
    </details>
  );
}
