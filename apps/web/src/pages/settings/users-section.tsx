import { USER_ROLES, type UserInvitation, type UserRole, type UserSummary } from "@mxray/contracts";
import { type FormEvent, useState } from "react";
import { useAddUser, useChangeUser, useDeleteUser, useInviteUser, useSession, useUsers } from "../../api/use-access.ts";
import { Answers } from "../../ui/answers.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { Message } from "../../ui/message.tsx";
import { SecretLink } from "../../ui/secret-link.tsx";
import { Select } from "../../ui/select.tsx";
import { Time } from "../../ui/time.tsx";
import { ROLE_WORDS } from "./audit-words.ts";
import { FormField } from "./form-field.tsx";

const ROLES = USER_ROLES.map((role) => [role, ROLE_WORDS[role]] as const);

/** Who may sign in with a password, and as what. */
export function UsersSection() {
  const users = useUsers();
  const [invitation, invited] = useState<UserInvitation | null>(null);
  return (
    <>
      <Card title="Add a user">
        <p className="mb-4 max-w-[75ch] text-soft">
          To work alone you need no users: the one-time link of <code>mxray link</code> always signs in the owner, who may do everything.
          Each user gets a sign-in link and chooses a password. Users of single sign-on appear here once they have signed in.
        </p>
        <AddUser onAdded={invited} />
        {invitation !== null && <Invitation invitation={invitation} />}
      </Card>
      <Card title="Users">
        <Answers to={[users]}>
          {(list) =>
            list.users.length === 0 ? (
              <p className="rounded-lg border border-dashed border-line px-4 py-8 text-center text-soft">No users yet.</p>
            ) : (
              <UserRows users={list.users} onInvited={invited} />
            )
          }
        </Answers>
      </Card>
    </>
  );
}

function AddUser({ onAdded }: { onAdded: (invitation: UserInvitation) => void }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<UserRole>("operator");
  const add = useAddUser();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(
      { name: name.trim(), role },
      {
        onSuccess: (invitation) => {
          setName("");
          onAdded(invitation);
        },
      },
    );
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-end gap-3">
      <FormField label="Name" value={name} onChange={({ target }) => setName(target.value)} required maxLength={64} autoComplete="off" />
      <div className="min-w-0 flex-1 basis-60">
        <p className="mb-1 text-sm font-semibold" aria-hidden>
          Role
        </p>
        <Select label="Role" value={role} options={ROLES} change={(chosen) => setRole(chosen ?? role)} />
      </div>
      <Button type="submit" look="primary" disabled={add.isPending}>
        Add user
      </Button>
      {add.error !== null && <Message tone="bad">{add.error.message}</Message>}
    </form>
  );
}

function Invitation({ invitation: { user, url, expiresAt, loopback } }: { invitation: UserInvitation }) {
  return (
    <div className="mt-4 space-y-2">
      <p className="text-soft">
        Send this link to <strong className="text-ink">{user.name}</strong>. Copy it now; it cannot be shown again. It works once, and
        expires <Time at={expiresAt} show="ago" />.
      </p>
      <SecretLink url={url} label={`Sign-in link for ${user.name}`} />
      {loopback && <Message tone="warn">This link opens on this machine only: set the public URL (--public-url) first.</Message>}
    </div>
  );
}

function UserRows({ users, onInvited }: { users: readonly UserSummary[]; onInvited: (invitation: UserInvitation) => void }) {
  const session = useSession();
  const change = useChangeUser();
  const invite = useInviteUser();
  const remove = useDeleteUser();
  const [asked, ask] = useState<UserSummary | null>(null);
  const error = change.error ?? invite.error ?? remove.error;
  return (
    <>
      {error !== null && <Message tone="bad">{error.message}</Message>}
      <ul aria-label="Users" className="divide-y divide-line">
        {users.map((user) => (
          <li key={user.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3 text-sm">
            <div className="min-w-0 flex-1 basis-52">
              <p className="font-semibold wrap-anywhere">
                {user.name} <UserState user={user} />
              </p>
              <p className="text-soft">
                {user.lastSignedInAt === null
                  ? "has not signed in yet"
                  : ["signed in ", <Time key="at" at={user.lastSignedInAt} show="ago" />]}
              </p>
            </div>
            {session.data?.user?.id === user.id ? (
              <p className="text-soft">{user.role}, your own account</p>
            ) : (
              <>
                {user.issuer === null ? (
                  <Select
                    label={`Role of ${user.name}`}
                    value={user.role}
                    options={USER_ROLES.map((role) => [role, role] as const)}
                    change={(role) => role !== undefined && change.mutate({ id: user.id, role })}
                  />
                ) : (
                  <p className="text-soft">
                    {user.role}, from {new URL(user.issuer).host}
                  </p>
                )}
                <div className="flex flex-wrap gap-2">
                  {user.disabledAt === null && user.issuer === null && (
                    <Button onClick={() => invite.mutate(user.id, { onSuccess: onInvited })} aria-label={`New sign-in link: ${user.name}`}>
                      New sign-in link
                    </Button>
                  )}
                  <Button
                    aria-label={`${user.disabledAt === null ? "Disable" : "Enable"}: ${user.name}`}
                    onClick={() => change.mutate({ id: user.id, disabled: user.disabledAt === null })}
                  >
                    {user.disabledAt === null ? "Disable" : "Enable"}
                  </Button>
                  <Button look="danger" onClick={() => ask(user)} aria-label={`Delete: ${user.name}`}>
                    Delete
                  </Button>
                </div>
              </>
            )}
          </li>
        ))}
      </ul>
      <p className="mt-3 text-sm text-soft">Changing the role, disabling or deleting ends the user's sessions immediately.</p>
      {asked !== null && (
        <ConfirmDialog
          title={`Delete the user ${asked.name}?`}
          action="Delete the user"
          busy={remove.isPending}
          onClose={() => ask(null)}
          onConfirm={() => remove.mutate(asked.id, { onSettled: () => ask(null) })}
        >
          <p>
            {asked.issuer === null
              ? "The user can no longer sign in. "
              : `${new URL(asked.issuer).host} can sign the user in again: to keep the user out, disable the account instead. `}
            What the user did stays in the audit, and links that the user made keep working.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}

function UserState({ user: { disabledAt, hasPassword, issuer } }: { user: UserSummary }) {
  if (disabledAt !== null) return <Badge tone="bad">disabled</Badge>;
  return hasPassword || issuer !== null ? null : <Badge tone="info">invited</Badge>;
}
