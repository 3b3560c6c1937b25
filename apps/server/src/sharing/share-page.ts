/** The shared diagnosis as a page: its data put into a built template as inert JSON, and what chat programs show of its link. */
import { printable, type SharedDiagnosis, type SharedStress } from "@mxray/contracts";
import { escapeHtml } from "../http/escape-html.ts";
import { CARD_HEIGHT, CARD_WIDTH } from "./share-card.ts";

/** Where the templates (apps/web) want the data, and the served one its card. */
const DATA_PLACE = "<!--mxray:diagnosis-->";
const CARD_PLACE = "<!--mxray:card-->";
/** Most characters of a title and of a description that anything shows. */
const TITLE_CAP = 200;
const DESCRIPTION_CAP = 300;

/**
 * @param url where the page is, for the card; without it there is none, as in a file of its own
 * @throws when the template has no place for the data
 */
export function fillSharePage(template: string, shared: SharedStress): string;
export function fillSharePage(template: string, shared: SharedDiagnosis, url?: string): string;
export function fillSharePage(template: string, shared: SharedDiagnosis | SharedStress, url?: string): string {
  const [before, after, ...more] = template.split(DATA_PLACE);
  if (before === undefined || after === undefined || more.length > 0) throw new Error(`The share template must hold ${DATA_PLACE} once.`);
  // A function: in a text, `$&` and its like would be read as orders.
  const head = url === undefined || !("report" in shared) ? before : before.replace(CARD_PLACE, () => cardTags(shared, url));
  return `${head}<script type="application/json" id="diagnosis">${inertJson(shared)}</script>${after}`;
}

/** Open Graph (ogp.me), which chat programs read, and the one tag that X wants of its own. */
function cardTags({ report }: SharedDiagnosis, url: string): string {
  const [worst] = report.findings;
  const title = printable(worst?.title ?? `Mail to ${report.target}`, TITLE_CAP);
  const tags = [
    ["property", "og:type", "article"],
    ["property", "og:site_name", "mxray"],
    ["property", "og:title", title],
    ["property", "og:description", printable(worst?.summary ?? "", DESCRIPTION_CAP)],
    ["property", "og:url", url],
    ["property", "og:image", `${url}/card.png`],
    ["property", "og:image:type", "image/png"],
    ["property", "og:image:width", String(CARD_WIDTH)],
    ["property", "og:image:height", String(CARD_HEIGHT)],
    ["property", "og:image:alt", title],
    ["name", "twitter:card", "summary_large_image"],
  ] as const;
  return tags.map(([kind, name, content]) => `<meta ${kind}="${name}" content="${escapeHtml(content)}" />`).join("\n    ");
}

/** JSON that ends no script element and holds no line separator that old parsers stumble over. */
function inertJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
