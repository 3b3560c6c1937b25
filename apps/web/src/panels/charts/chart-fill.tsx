/** Fills of bars: solid, striped or hollow, so that they are told apart without colour. */
import type { Look } from "../../ui/outcome-look.ts";

/** The patterns of one chart. @param id of the chart, since names of patterns are of the whole page */
export function ChartPatterns({ id, looks }: { id: string; looks: readonly Look[] }) {
  return (
    <defs>
      {looks
        .filter(({ fill }) => fill === "striped")
        .map((look) => (
          <pattern
            key={look.colour}
            id={patternName(id, look)}
            width={5}
            height={5}
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect width={5} height={5} fill={look.colour} fillOpacity={0.22} />
            <rect width={2.5} height={5} fill={look.colour} />
          </pattern>
        ))}
    </defs>
  );
}

/** Attributes of a shape that is filled as `look` says. */
export function fillOf(id: string, look: Look) {
  switch (look.fill) {
    case "solid":
      return { fill: look.colour };
    case "striped":
      return { fill: `url(#${patternName(id, look)})` };
    case "hollow":
      return { fill: "var(--card)", stroke: look.colour, strokeWidth: 1 };
  }
}

/** Letters and digits only: a name inside `url()`. */
function patternName(id: string, { colour }: Look): string {
  return `stripes-${`${id}-${colour}`.replaceAll(/[^a-zA-Z0-9]+/g, "-")}`;
}
