import { type MailHostObservation, REPRODUCE_SYSTEMS, type ReproduceSystem, reproduceCommands } from "@mxray/contracts";
import { useState } from "react";
import { Card } from "../../ui/card.tsx";
import { CodeBlock } from "../../ui/code-block.tsx";
import { Select } from "../../ui/select.tsx";

/** On paper: the packet that passes and the one that is lost. */
const PRINTED = 2;

/** Commands that show the black hole with the reader's own tools, and the answer to expect from each. */
export function ReproducePanel({ host }: { host: MailHostObservation }) {
  const [system, choose] = useState<ReproduceSystem>("Linux");
  const commands = reproduceCommands(host);
  if (commands.length === 0) return null;
  const shown = commands.filter((one) => one.system === system);
  return (
    <Card
      title="Reproduce it yourself"
      aside={
        <span className="no-print">
          <Select
            label="System of the commands"
            value={system}
            options={REPRODUCE_SYSTEMS.map((one) => [one, one] as const)}
            change={(chosen) => choose(chosen as ReproduceSystem)}
          />
        </span>
      }
    >
      <ol data-testid="reproduce" className="grid gap-x-8 gap-y-5 lg:grid-cols-2 print:grid-cols-2 print:gap-y-2">
        {shown.map(({ command, where, expect }, index) => (
          <li key={command} className={`min-w-0 space-y-1.5 ${index < PRINTED ? "" : "no-print"}`}>
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
