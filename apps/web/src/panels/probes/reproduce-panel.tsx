import { type MailHostObservation, REPRODUCE_SYSTEMS, type ReproduceSystem, reproduceCommands } from "@mxray/contracts";
import { useState } from "react";
import { Card } from "../../ui/card.tsx";
import { CodeBlock } from "../../ui/code-block.tsx";
import { Segments } from "../../ui/segments.tsx";

const NAMES = Object.fromEntries(REPRODUCE_SYSTEMS.map((system) => [system, system])) as Record<ReproduceSystem, string>;

/** Commands that show the black hole with the reader's own tools, and the answer to expect from each. */
export function ReproducePanel({ host }: { host: MailHostObservation }) {
  const [system, choose] = useState<ReproduceSystem>("Linux");
  const commands = reproduceCommands(host);
  if (commands.length === 0) return null;
  const shown = commands.filter((one) => one.system === system);
  return (
    <Card title="Reproduce it yourself" aside={<Segments options={REPRODUCE_SYSTEMS} names={NAMES} chosen={system} choose={choose} />}>
      <ol data-testid="reproduce" className="grid gap-x-8 gap-y-5 lg:grid-cols-2 print:grid-cols-2 print:gap-y-2">
        {shown.map(({ command, where, expect }) => (
          <li key={command} className="min-w-0 space-y-1.5">
            <CodeBlock title={`On ${where}`} text={command} />
            <p className="text-sm wrap-anywhere">
              <span className="font-semibold text-soft">Expected: </span>
              {expect}
            </p>
          </li>
        ))}
      </ol>
    </Card>
  );
}
