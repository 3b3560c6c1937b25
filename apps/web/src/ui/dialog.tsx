import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";

/** What is done before going on; open as long as it is there. */
export function Dialog({
  title,
  description,
  onClose,
  children,
}: {
  title: string;
  description: string;
  onClose: () => void;
  children: ReactNode;
}) {
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-20 bg-black/45" />
        <Radix.Content className="fixed top-1/2 left-1/2 z-30 max-h-[92vh] w-[min(36rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-2xl border border-line bg-card p-5 shadow-xl sm:p-6">
          <Radix.Title className="pr-10 text-lg font-bold">{title}</Radix.Title>
          <Radix.Description className="mt-1 text-soft">{description}</Radix.Description>
          <Radix.Close
            className="absolute top-4 right-4 grid size-9 place-items-center rounded-lg text-soft hover:bg-raised hover:text-ink"
            aria-label="Close"
          >
            <X size={18} aria-hidden />
          </Radix.Close>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
