import type { ReactNode } from "react";

/** A titled part of a page. */
export function Card({
  title,
  aside,
  children,
  className = "",
}: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section className={`card min-w-0 rounded-xl border border-line bg-card p-4 sm:p-5 ${className}`} aria-label={title}>
      <div className="mb-3 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h2 className="text-base font-semibold">{title}</h2>
        {aside !== undefined && <div className="text-sm text-soft">{aside}</div>}
      </div>
      {children}
    </section>
  );
}
