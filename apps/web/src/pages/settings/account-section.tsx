import { PASSWORD_LENGTH } from "@mxray/contracts";
import { type FormEvent, useState } from "react";
import { useChangePassword, useSession } from "../../api/use-access.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { Message } from "../../ui/message.tsx";
import { FormField } from "./form-field.tsx";

/** Who is signed in here, and the password. */
export function AccountSection() {
  const session = useSession();
  const user = session.data?.user ?? null;
  if (user === null) {
    return (
      <Card title="Your account">
        <p className="max-w-[75ch] text-soft">You are signed in as the owner, with a one-time link that needs no password.</p>
      </Card>
    );
  }
  return (
    <Card title="Your account">
      <p className="mb-4">
        You are signed in as <strong>{user.name}</strong>, with the role <strong>{session.data?.role}</strong>.
      </p>
      {user.issuer === null ? (
        <PasswordForm />
      ) : (
        <p className="max-w-[75ch] text-soft">
          {new URL(user.issuer).host} signs you in and gives you this role; it also keeps your password.
        </p>
      )}
    </Card>
  );
}

const EMPTY = { current: "", password: "", repeated: "" };

function PasswordForm() {
  const [typed, type] = useState(EMPTY);
  const change = useChangePassword();
  const differs = typed.repeated !== "" && typed.repeated !== typed.password;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { current, password } = typed;
    change.mutate({ current, password }, { onSuccess: () => type(EMPTY) });
  };
  const field = (label: string, name: keyof typeof EMPTY, autoComplete: string) => (
    <FormField
      label={label}
      type="password"
      autoComplete={autoComplete}
      value={typed[name]}
      onChange={({ target }) => type({ ...typed, [name]: target.value })}
      required
    />
  );
  return (
    <form onSubmit={submit} className="max-w-md space-y-3">
      {field("Current password", "current", "current-password")}
      {field(`New password, at least ${PASSWORD_LENGTH.least} characters`, "password", "new-password")}
      {field("New password again", "repeated", "new-password")}
      <Button type="submit" look="primary" disabled={change.isPending || typed.repeated !== typed.password || typed.password === ""}>
        Change password
      </Button>
      {differs && <Message tone="warn">The two new passwords differ.</Message>}
      {change.error !== null && <Message tone="bad">{change.error.message}</Message>}
      {change.isSuccess && <Message tone="ok">The password is changed. Your sessions in other browsers have ended.</Message>}
    </form>
  );
}
