import { TOKEN_SCOPES, type TokenCreated, type TokenScope, type TokenSummary } from "@mxray/contracts";
import { type FormEvent, useState } from "react";
import { useMakeToken, useRevokeToken, useTokens } from "../../api/use-access.ts";
import { Answers } from "../../ui/answers.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Message } from "../../ui/message.tsx";
import { SecretLink } from "../../ui/secret-link.tsx";
import { Select } from "../../ui/select.tsx";
import { Time } from "../../ui/time.tsx";
import { SCOPE_WORDS } from "./audit-words.ts";
import { FormField } from "./form-field.tsx";

const DAYS = [7, 30, 90, 365].map((days) => [String(days), `${days} days`] as const);

/** Secrets by which programs use the API. */
export function TokensSection() {
  const tokens = useTokens();
  return (
    <Answers to={[tokens]}>
      {(list) => (
        <>
          <Card title="Make an API token">
            <p className="mb-4 max-w-[75ch] text-soft">
              A program sends it as <code>Authorization: Bearer TOKEN</code> and can do only what its scopes allow.
            </p>
            <MakeToken scopes={TOKEN_SCOPES.filter((scope) => list.scopes.includes(scope))} />
          </Card>
          <Card title="API tokens">
            {list.tokens.length === 0 ? (
              <p className="rounded-lg border border-dashed border-line px-4 py-8 text-center text-soft">No API tokens yet.</p>
            ) : (
              <TokenRows tokens={list.tokens} />
            )}
          </Card>
        </>
      )}
    </Answers>
  );
}

function MakeToken({ scopes }: { scopes: readonly TokenScope[] }) {
  const [name, setName] = useState("");
  const [chosen, choose] = useState<readonly TokenScope[]>(["read"]);
  const [days, setDays] = useState("90");
  const [made, setMade] = useState<TokenCreated | null>(null);
  const make = useMakeToken();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate(
      { name: name.trim(), scopes: [...chosen], expiresInDays: Number(days) },
      {
        onSuccess: (token) => {
          setName("");
          setMade(token);
        },
      },
    );
  };
  return (
    <form onSubmit={submit} className="space-y-4">
      <div className="flex flex-wrap items-end gap-3">
        <FormField label="What uses it" value={name} onChange={({ target }) => setName(target.value)} required maxLength={80} />
        <div className="basis-32">
          <p className="mb-1 text-sm font-semibold" aria-hidden>
            Expires in
          </p>
          <Select label="Expires in" value={days} options={DAYS} change={(given) => setDays(given ?? days)} />
        </div>
      </div>
      <fieldset>
        <legend className="mb-1 text-sm font-semibold">Scopes</legend>
        {scopes.map((scope) => (
          <label key={scope} className="flex items-baseline gap-2 py-0.5 text-sm">
            <input
              type="checkbox"
              checked={chosen.includes(scope)}
              onChange={({ target }) => choose(target.checked ? [...chosen, scope] : chosen.filter((one) => one !== scope))}
            />
            <span>
              <code>{scope}</code> <span className="text-soft">{SCOPE_WORDS[scope]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Button type="submit" look="primary" disabled={make.isPending || chosen.length === 0}>
        Make token
      </Button>
      {make.error !== null && <Message tone="bad">{make.error.message}</Message>}
      {made !== null && (
        <div className="space-y-2">
          <p className="text-soft">
            The token for <strong className="text-ink">{made.name}</strong>. Copy it now; it cannot be shown again.
          </p>
          <SecretLink url={made.token} label={`API token for ${made.name}`} what="the token" />
        </div>
      )}
    </form>
  );
}

function TokenRows({ tokens }: { tokens: readonly TokenSummary[] }) {
  const revoke = useRevokeToken();
  const [asked, ask] = useState<TokenSummary | null>(null);
  return (
    <>
      {revoke.error !== null && <Message tone="bad">{revoke.error.message}</Message>}
      <ul aria-label="API tokens" className="divide-y divide-line">
        {tokens.map((token) => (
          <li key={token.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3 text-sm">
            <div className="min-w-0 flex-1 basis-64">
              <p className="font-semibold wrap-anywhere">
                {token.name}{" "}
                {token.scopes.map((scope) => (
                  <Badge key={scope} tone="info">
                    {scope}
                  </Badge>
                ))}
              </p>
              <p className="text-soft">
                made by {token.madeBy ?? "the owner"} <Time at={token.createdAt} show="ago" /> · last used{" "}
                {token.lastUsedAt === null ? "never" : <Time at={token.lastUsedAt} show="ago" />}
              </p>
            </div>
            <TokenEnd token={token} revoke={() => ask(token)} />
          </li>
        ))}
      </ul>
      {asked !== null && (
        <ConfirmDialog
          title={`Revoke the API token ${asked.name}?`}
          action="Revoke the token"
          busy={revoke.isPending}
          onClose={() => ask(null)}
          onConfirm={() => revoke.mutate(asked.id, { onSettled: () => ask(null) })}
        >
          <p>Programs that use it are refused from now on. A revoked token cannot be restored.</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function TokenEnd({ token: { name, revokedAt, expiresAt }, revoke }: { token: TokenSummary; revoke: () => void }) {
  if (revokedAt !== null) return <span className="text-soft">revoked</span>;
  if (expiresAt <= new Date().toISOString()) return <span className="text-soft">expired</span>;
  return (
    <>
      <span className="text-soft">
        expires <Time at={expiresAt} show="ago" />
      </span>
      <Button look="danger" aria-label={`Revoke: ${name}`} onClick={revoke}>
        Revoke
      </Button>
    </>
  );
}
