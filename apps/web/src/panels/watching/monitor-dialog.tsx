import type { Watch } from "@mxray/contracts";
import { type FormEvent, useState } from "react";
import { useWatchChange, useWatches } from "../../api/use-watches.ts";
import { everyWords } from "../../format/watch-words.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Message } from "../../ui/message.tsx";
import { Select } from "../../ui/select.tsx";
import { Switch } from "../../ui/switch.tsx";
import { VantageBoxes } from "../probes/vantage-boxes.tsx";

const MINUTES = [1, 5, 15, 30, 60, 240, 1440];

/** Where a target is probed from, how often, its tags, and whether it is paused: the same from each vantage. */
export function MonitorDialog({ watch, onClose }: { watch: Watch; onClose: () => void }) {
  const { target, ownMinutes } = watch;
  const [every, setEvery] = useState(ownMinutes === null ? undefined : String(ownMinutes));
  const [tags, setTags] = useState(watch.tags.join(", "));
  const [paused, setPaused] = useState(watch.paused);
  const watches = useWatches();
  const all = watches.data?.watches.filter((each) => each.target === target) ?? [watch];
  const [from, setFrom] = useState(all.map(({ vantage }) => vantage));
  const change = useWatchChange();
  const known = [...new Set([...MINUTES, ...(ownMinutes === null ? [] : [ownMinutes])])].toSorted((one, other) => one - other);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const list = [...new Set(tags.split(/[\s,;]+/).filter((tag) => tag !== ""))];
    const settings = { target, everyMinutes: every === undefined ? null : Number(every), tags: list, paused };
    const ended = all.filter(({ vantage }) => !from.includes(vantage)).map(({ id }) => ({ id }));
    change.mutate([...from.map((vantage) => ({ ...settings, vantage })), ...ended], { onSuccess: onClose });
  };
  return (
    <Dialog title={`Monitor of ${target}`} description="Where it is probed from, how often, and how it is grouped." onClose={onClose}>
      <form onSubmit={submit} className="mt-4 space-y-4">
        <div>
          <p className="mb-1 text-sm font-semibold" aria-hidden>
            Interval
          </p>
          <Select
            label="Interval"
            value={every}
            none={watches.data === undefined ? "default interval" : `default interval, ${everyWords(watches.data.everyMinutes)}`}
            options={known.map((minutes) => [String(minutes), everyWords(minutes)] as const)}
            change={setEvery}
          />
        </div>
        <div className="text-sm">
          <VantageBoxes chosen={from} change={setFrom} practice={false}>
            Each vantage has rounds and a result of its own.
          </VantageBoxes>
        </div>
        <label className="block text-sm font-semibold">
          Tags, separated by commas
          <input
            className="mt-1 h-9 w-full rounded-lg border border-line bg-card px-3 text-sm font-normal"
            value={tags}
            onChange={({ target: { value } }) => setTags(value)}
          />
        </label>
        <Switch label="Paused" checked={paused} change={setPaused}>
          No probes start until it is resumed.
        </Switch>
        {change.error !== null && <Message tone="bad">{change.error.message}</Message>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={change.isPending || from.length === 0}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
