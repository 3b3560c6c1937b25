/** Which page is shown, of how many. */
export function PageDots({ page, pages, what }: { page: number; pages: number; what: string }) {
  if (pages === 1) return null;
  return (
    <p className="flex items-center gap-3 text-xl text-soft tabular-nums">
      <span>
        {what} {page + 1} of {pages}
      </span>
      {pages <= 12 && (
        <span className="flex gap-1.5" aria-hidden="true">
          {Array.from({ length: pages }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a dot is its place
            <span key={index} className={`size-2.5 rounded-full ${index === page ? "bg-ink" : "bg-line"}`} />
          ))}
        </span>
      )}
    </p>
  );
}
