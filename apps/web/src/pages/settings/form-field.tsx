import { type ComponentProps, useId } from "react";

/** A line to type into, with its name above. */
export function FormField({ label, ...input }: ComponentProps<"input"> & { label: string }) {
  const id = useId();
  return (
    <div className="min-w-0 flex-1 basis-44">
      <label htmlFor={id} className="mb-1 block text-sm font-semibold">
        {label}
      </label>
      <input id={id} className="h-9 w-full rounded-lg border border-line bg-card px-3 text-sm" {...input} />
    </div>
  );
}
