/** The shared diagnosis as a page: its data put into a built template as inert JSON. */
import type { SharedDiagnosis } from "@mxray/contracts";

/** Where the templates (apps/web) want the data. */
const PLACE = "<!--mxray:diagnosis-->";

/** @throws when the template has no place for the data */
export function fillSharePage(template: string, shared: SharedDiagnosis): string {
  const [before, after, ...more] = template.split(PLACE);
  if (before === undefined || after === undefined || more.length > 0) throw new Error(`The share template must hold ${PLACE} once.`);
  return `${before}<script type="application/json" id="diagnosis">${inertJson(shared)}</script>${after}`;
}

/** JSON that ends no script element and holds no line separator that old parsers stumble over. */
function inertJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
