import type { ComponentProps } from "react";

const LOOKS = {
  primary: "bg-accent text-on-accent hover:brightness-110 disabled:opacity-50",
  plain: "border border-line bg-card text-ink hover:bg-raised disabled:opacity-50",
  quiet: "text-soft hover:bg-raised hover:text-ink disabled:opacity-50",
  danger: "border border-line bg-card text-bad hover:bg-bad-soft disabled:opacity-50",
} as const;

export type ButtonLook = keyof typeof LOOKS;

export function buttonClass(look: ButtonLook = "plain"): string {
  return `inline-flex min-h-9 items-center justify-center gap-1.5 rounded-lg px-3 py-1.5 text-sm font-semibold transition ${LOOKS[look]}`;
}

export function Button({ look = "plain", className = "", ...rest }: ComponentProps<"button"> & { look?: ButtonLook }) {
  return <button type="button" className={`${buttonClass(look)} ${className}`} {...rest} />;
}
