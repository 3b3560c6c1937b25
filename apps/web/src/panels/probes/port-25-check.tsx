import { parseTarget } from "@mxray/contracts";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { ForRole } from "../../ui/for-role.tsx";
import { Message } from "../../ui/message.tsx";

/**
 * Is port 25 blocked on our side? A probe with a control host: when the connections to both do not come about, it is us.
 *
 * @param target what did not answer; without it, a second host is asked for
 */
export function Port25Check({ target }: { target?: string }) {
  return (
    <ForRole least="operator">
      <Check {...(target === undefined ? {} : { target })} />
    </ForRole>
  );
}

function Check({ target }: { target?: string }) {
  const navigate = useNavigate();
  const [first, setFirst] = useState(target ?? "");
  const [control, setControl] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const check = useMutation({
    mutationFn: () => api.startProbe({ target: first, controls: [control] }),
    onSuccess: ({ id }) => navigate({ to: "/diagnose/$id", params: { id } }),
    onError: ({ message }) => setProblem(message),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wrong = [first, control].map((text) => parseTarget(text)).find((parsed) => !parsed.ok);
    if (wrong?.ok === false) setProblem(wrong.message);
    else check.mutate();
  };
  return (
    <details className="mt-4 text-sm">
      <summary className="font-semibold text-soft hover:text-ink">Is port 25 blocked here?</summary>
      <form onSubmit={submit} className="mt-3 space-y-3">
        <p className="text-soft">
          Many providers and clouds block it. Name unrelated mail domains that are known to work. If no connection to any of them succeeds,
          the block is on this side.
        </p>
        <div className="flex flex-wrap gap-2">
          {target === undefined && <Host label="A mail domain" value={first} change={setFirst} example="example.com" />}
          <Host
            label={target === undefined ? "Another, unrelated" : "An unrelated mail domain"}
            value={control}
            change={setControl}
            example="example.net"
          />
          <Button type="submit" className="self-end" disabled={check.isPending}>
            Check
          </Button>
        </div>
        {problem !== null && <Message tone="bad">{problem}</Message>}
      </form>
    </details>
  );
}

function Host({ label, value, change, example }: { label: string; value: string; change: (text: string) => void; example: string }) {
  return (
    <label className="min-w-40 flex-1">
      <span className="mb-1 block font-semibold text-soft">{label}</span>
      <input
        value={value}
        onChange={({ target }) => change(target.value)}
        placeholder={example}
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        maxLength={400}
        className="h-9 w-full rounded-lg border border-line bg-ground px-3 font-mono text-[13px] placeholder:text-faint"
      />
    </label>
  );
}
