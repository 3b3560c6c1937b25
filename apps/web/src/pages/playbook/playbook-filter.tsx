import { AUDIENCES, FINDING_CODES, PLATFORMS, type Platform, type PlaybookRemedy } from "@mxray/contracts";
import { useNavigate } from "@tanstack/react-router";
import { FINDING_NAMES } from "../../format/finding-names.ts";
import { AUDIENCE_NAMES, platformName } from "../../format/words.ts";
import { PillChoice } from "../../ui/pill-choice.tsx";
import { SearchBox } from "../../ui/search-box.tsx";
import { Select } from "../../ui/select.tsx";
import type { PlaybookSearch } from "./playbook-search.ts";

/** By trouble, platform and audience; only what the playbook has is offered. */
export function PlaybookFilter({ search, remedies }: { search: PlaybookSearch; remedies: readonly PlaybookRemedy[] }) {
  const navigate = useNavigate({ from: "/playbook" });
  const change = (part: PlaybookSearch) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  const codes = FINDING_CODES.filter((code) => remedies.some((remedy) => remedy.codes.includes(code)));
  const platforms = (Object.keys(PLATFORMS) as Platform[]).filter((platform) => remedies.some((remedy) => remedy.platform === platform));
  return (
    <div className="grid grid-cols-2 gap-2 *:first:col-span-2 sm:grid-cols-[2fr_1.4fr_1.2fr_1fr_auto] sm:*:first:col-span-1">
      <SearchBox label="Find a word or a setting" value={search.text ?? ""} change={(text) => change({ text: text || undefined })} />
      <Select
        label="Problem"
        none="Any problem"
        value={search.code}
        options={codes.map((code) => [code, FINDING_NAMES[code]] as const)}
        change={(code) => change({ code })}
      />
      <Select
        label="System"
        none="Any system"
        value={search.platform}
        options={platforms.map((platform) => [platform, platform === "any" ? "Any system" : platformName(platform)] as const)}
        change={(platform) => change({ platform })}
      />
      <Select
        label="Who does it"
        none="Anyone"
        value={search.audience}
        options={AUDIENCES.map((audience) => [audience, AUDIENCE_NAMES[audience]] as const)}
        change={(audience) => change({ audience })}
      />
      <PillChoice
        label="Internet protocol"
        value={search.family === 6 ? "6" : "4"}
        options={[
          ["4", "IPv4"],
          ["6", "IPv6"],
        ]}
        change={(family) => change({ family: family === "6" ? 6 : undefined })}
      />
    </div>
  );
}
