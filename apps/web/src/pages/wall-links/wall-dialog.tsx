import { type LinkCreated, WALL_GROUPINGS, type WallGrouping } from "@mxray/contracts";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ExternalLink, Link2 } from "lucide-react";
import { useState } from "react";
import { api } from "../../api/client.ts";
import { LINKS_KEY } from "../../api/links.ts";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Message } from "../../ui/message.tsx";
import { QrCode } from "../../ui/qr-code.tsx";
import { SecretLink } from "../../ui/secret-link.tsx";
import type { Theme } from "../../ui/theme.ts";
import { formatWallOptions, WALL_DEFAULTS, type WallOptions } from "../wall/wall-options.ts";
import { WallLinkList } from "./wall-link-list.tsx";

const GROUPS: Record<WallGrouping, string> = { host: "a mail host", domain: "a domain", kind: "a kind of problem" };
const THEMES: Record<Theme, string> = { dark: "dark", light: "light", system: "as the browser" };
const FIRST_PAGE_ONLY = 0;
const SPEEDS = [10, 15, 30, 60];

/** Opens the wall screen here, or makes a link for a screen without an account. */
export function WallDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState("NOC");
  const [options, setOptions] = useState<WallOptions>({ ...WALL_DEFAULTS, theme: "dark" });
  const make = useMutation({ mutationFn: api.makeWallLink, onSuccess: () => client.invalidateQueries({ queryKey: LINKS_KEY }) });
  return (
    <Dialog
      title="Wall screen"
      description="Shows what is broken and since when, readable from across the room. It needs no attention while the screen is on."
      onClose={onClose}
    >
      <form
        className="mt-5 space-y-4"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate({ name });
        }}
      >
        <Options options={options} change={setOptions} />
        {make.data === undefined ? (
          <>
            <label className="block">
              <span className="mb-1 block text-sm font-semibold text-soft">Screen name</span>
              <input
                required
                value={name}
                onChange={({ target }) => setName(target.value)}
                maxLength={80}
                className="h-9 w-full rounded-lg border border-line bg-ground px-3"
              />
            </label>
            {make.error !== null && <Message tone="bad">{make.error.message}</Message>}
            <div className="flex flex-wrap gap-2">
              <Button type="submit" look="primary" disabled={make.isPending}>
                <Link2 size={16} aria-hidden /> Make a link
              </Button>
              <a href={`/wall${formatWallOptions(options)}`} target="_blank" rel="noreferrer" className={buttonClass()}>
                <ExternalLink size={16} aria-hidden /> Open it here
              </a>
            </div>
          </>
        ) : (
          <Made link={make.data} options={options} />
        )}
      </form>
      <WallLinkList />
    </Dialog>
  );
}

function Options({ options, change }: { options: WallOptions; change: (options: WallOptions) => void }) {
  return (
    <div className="grid gap-3 sm:grid-cols-3">
      <Choice
        label="A tile is"
        value={options.group}
        choices={WALL_GROUPINGS.map((group) => [group, GROUPS[group]])}
        choose={(value) => change({ ...options, group: value as WallGrouping })}
      />
      <Choice
        label="Colours"
        value={options.theme}
        choices={Object.entries(THEMES)}
        choose={(value) => change({ ...options, theme: value as Theme })}
      />
      <Choice
        label="Overflow"
        value={String(options.rotate ? options.speed : FIRST_PAGE_ONLY)}
        choices={[
          ...SPEEDS.map((seconds) => [String(seconds), `pages of ${seconds} s`] as const),
          [String(FIRST_PAGE_ONLY), "is left out"],
        ]}
        choose={(value) =>
          change(Number(value) === FIRST_PAGE_ONLY ? { ...options, rotate: false } : { ...options, rotate: true, speed: Number(value) })
        }
      />
    </div>
  );
}

function Choice({
  label,
  value,
  choices,
  choose,
}: {
  label: string;
  value: string;
  choices: readonly (readonly [value: string, words: string])[];
  choose: (value: string) => void;
}) {
  return (
    <label className="block">
      <span className="mb-1 block text-sm font-semibold text-soft">{label}</span>
      <select
        value={value}
        onChange={({ target }) => choose(target.value)}
        className="h-9 w-full rounded-lg border border-line bg-ground px-2"
      >
        {choices.map(([choice, words]) => (
          <option key={choice} value={choice}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

function Made({ link, options }: { link: LinkCreated; options: WallOptions }) {
  const url = link.url + formatWallOptions(options);
  return (
    <div className="space-y-4">
      {link.loopback && (
        <Message tone="warn">This link works only on this machine. For another screen, start mxray with --host and --public-url.</Message>
      )}
      <SecretLink url={url} label="Link to the wall screen" />
      <div className="flex flex-wrap items-center gap-5">
        <div className="w-44 shrink-0">
          <QrCode text={url} label="The link as a QR code" />
        </div>
        <p className="min-w-0 flex-1 basis-48 text-sm text-soft">
          It opens the wall screen and nothing else, without an account, until you revoke it. Copy it now; it cannot be shown again. The
          link includes the options above.
        </p>
      </div>
    </div>
  );
}
