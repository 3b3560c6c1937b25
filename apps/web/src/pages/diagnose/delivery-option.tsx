import { isMailAddress, type ProbeRequest } from "@mxray/contracts";
import { TriangleAlert } from "lucide-react";

type Delivery = Pick<ProbeRequest, "deliverTo" | "deliverConfirmed">;

/** The one test that really delivers: apart from the other options, in plain words, and with a confirmation that names the recipient. */
export function DeliveryOption({ deliverTo, deliverConfirmed, change }: Delivery & { change: (delivery: Delivery) => void }) {
  const recipient = deliverTo ?? "";
  const valid = isMailAddress(recipient);
  return (
    <fieldset className="rounded-xl border border-warn px-4 pt-2 pb-4 sm:col-span-2">
      <legend className="flex items-center gap-1.5 px-1.5 font-semibold text-warn">
        <TriangleAlert size={15} aria-hidden /> End-of-data test (really delivers)
      </legend>
      <p className="mb-3 max-w-[75ch] text-soft">
        Some firewalls lose the end of a message if it happens to be split across two packets. Only a complete message shows that, so this
        sends two short messages, labelled as a test, to the address that you name, by way of the preferred mail host.
      </p>
      <div className="grid items-end gap-3 sm:grid-cols-2">
        <label>
          <span className="mb-1 block font-semibold text-soft">Test recipient</span>
          <input
            type="email"
            value={recipient}
            placeholder="you@example.com"
            autoComplete="off"
            maxLength={320}
            // Another recipient has to be confirmed anew.
            onChange={({ target }) => change(target.value === "" ? {} : { deliverTo: target.value.trim() })}
            className="h-9 w-full rounded-lg border border-line bg-ground px-3 font-mono text-[13px]"
          />
        </label>
        <label className="flex min-h-9 items-start gap-2">
          <input
            type="checkbox"
            className="mt-0.5 size-4 shrink-0 accent-(--accent)"
            disabled={!valid}
            checked={valid && deliverConfirmed === recipient}
            onChange={({ target }) => change({ deliverTo: recipient, ...(target.checked ? { deliverConfirmed: recipient } : {}) })}
          />
          <span className="min-w-0 wrap-anywhere">
            {valid ? (
              <>
                Deliver them to <strong className="font-mono text-[13px]">{recipient}</strong> (I have the recipient’s consent)
              </>
            ) : (
              "Name a recipient to confirm it"
            )}
          </span>
        </label>
      </div>
    </fieldset>
  );
}
