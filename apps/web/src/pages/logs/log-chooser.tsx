import { FileUp } from "lucide-react";
import { useId } from "react";
import { buttonClass } from "../../ui/button.tsx";
import { ForRole, RoleNote } from "../../ui/for-role.tsx";
import { useFileDrop } from "./use-file-drop.ts";

/** A log file is dropped anywhere on the page, or chosen. */
export function LogChooser(props: LogChooserProps) {
  return (
    <ForRole least="operator" otherwise={<RoleNote what="Analysing a log file" least="operator" />}>
      <Chooser {...props} />
    </ForRole>
  );
}

interface LogChooserProps {
  readonly onFile: (file: File) => void;
  readonly className?: string;
}

function Chooser({ onFile, className = buttonClass() }: LogChooserProps) {
  const id = useId();
  const over = useFileDrop(onFile);
  return (
    <>
      {over && (
        <div className="pointer-events-none fixed inset-0 z-20 grid place-items-center bg-ground/85 p-6">
          <p className="rounded-2xl border-2 border-dashed border-accent bg-card px-8 py-10 text-center text-lg font-semibold">
            Drop the log file to have it analysed
          </p>
        </div>
      )}
      <input
        id={id}
        type="file"
        className="peer sr-only"
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file !== undefined) onFile(file);
          // The same file can be chosen again.
          target.value = "";
        }}
      />
      <label htmlFor={id} className={`${className} cursor-pointer peer-focus-visible:outline-2 peer-focus-visible:outline-accent`}>
        <FileUp size={16} aria-hidden /> Analyse a log file
      </label>
    </>
  );
}
