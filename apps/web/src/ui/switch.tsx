import { Switch as Radix } from "radix-ui";
import { type ReactNode, useId } from "react";

/** Something that goes on by itself while it is on; what stands below says what. */
export function Switch({
  label,
  checked,
  change,
  disabled = false,
  children,
}: {
  label: ReactNode;
  checked: boolean;
  change: (checked: boolean) => void;
  disabled?: boolean;
  children?: ReactNode;
}) {
  const id = useId();
  return (
    <div className="flex items-start gap-3">
      <Radix.Root
        id={id}
        checked={checked}
        onCheckedChange={change}
        disabled={disabled}
        aria-describedby={`${id}-more`}
        className="mt-0.5 inline-flex h-6 w-10 shrink-0 items-center rounded-full border border-faint bg-raised px-0.5 transition data-[state=checked]:border-accent data-[state=checked]:bg-accent"
      >
        <Radix.Thumb className="size-4 rounded-full bg-faint transition-transform data-[state=checked]:translate-x-4 data-[state=checked]:bg-on-accent" />
      </Radix.Root>
      <div className="min-w-0">
        <label htmlFor={id} className="font-semibold">
          {label}
        </label>
        <div id={`${id}-more`} className="text-sm text-soft">
          {children}
        </div>
      </div>
    </div>
  );
}
