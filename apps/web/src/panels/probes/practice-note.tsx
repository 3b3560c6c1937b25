import { FlaskConical } from "lucide-react";

/** Says of what was probed from the practice lab that it is practice; nothing for all else. */
export function PracticeNote({ practice }: { practice: boolean }) {
  if (!practice) return null;
  return (
    <p
      data-testid="practice"
      className="card flex items-center gap-3 rounded-xl border-2 border-dashed border-accent bg-accent-soft px-4 py-2.5 text-sm"
    >
      <FlaskConical size={18} aria-hidden className="shrink-0 text-accent" />
      <span>
        <strong>Practice.</strong> This was measured in mxray’s practice lab, on a network that is broken on purpose. These results are not
        about real mail.
      </span>
    </p>
  );
}
