import { END_OF_DATA_WORDS, type EndOfData, type EndOfDataOutcome } from "@mxray/contracts";
import { END_OF_DATA_TONES } from "../../format/words.ts";
import { Card } from "../../ui/card.tsx";
import { ToneIcon } from "../../ui/tone-icon.tsx";

/** The test that really delivers: to whom, and what became of both messages. */
export function DeliveryPanel({ endOfData: { whole, split, recipient, messageIds } }: { endOfData: EndOfData }) {
  if (recipient === null) return null;
  return (
    <Card title="End-of-data test" aside={`really delivered to ${recipient}`}>
      <dl className="grid gap-3 sm:grid-cols-2" data-testid="delivery">
        <Message name="End of data in one segment" outcome={whole} id={messageIds[0]} />
        <Message name="Split between the dot and CRLF" outcome={split} id={messageIds[1]} />
      </dl>
    </Card>
  );
}

function Message({ name, outcome, id }: { name: string; outcome: EndOfDataOutcome; id: string | undefined }) {
  return (
    <div className="min-w-0 rounded-lg border border-line bg-raised px-3 py-2">
      <dt className="text-sm text-soft">{name}</dt>
      <dd>
        <span className="flex items-center gap-2 font-semibold">
          <ToneIcon tone={END_OF_DATA_TONES[outcome]} /> {END_OF_DATA_WORDS[outcome]}
        </span>
        {id !== undefined && <span className="mt-0.5 block font-mono text-xs break-all text-soft">{id}</span>}
      </dd>
    </div>
  );
}
