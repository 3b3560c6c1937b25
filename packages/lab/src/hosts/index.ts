/** Every mail host of the lab, by name. Adding one is adding data to a list here. */
import type { MailHostScript } from "../mail-host/script.ts";
import { hostileHosts } from "./hostile.ts";
import { middleboxHosts } from "./middleboxes.ts";
import { ordinaryHosts } from "./ordinary.ts";
import { refusalHosts } from "./refusals.ts";
import { stallHosts } from "./stalls.ts";

export { hostileHosts, middleboxHosts, ordinaryHosts, refusalHosts, stallHosts };

export const mailHostScripts: readonly MailHostScript[] = [
  ...ordinaryHosts,
  ...middleboxHosts,
  ...refusalHosts,
  ...stallHosts,
  ...hostileHosts,
];

/** @throws RangeError for a name that no script has */
export function mailHostScript(name: string): MailHostScript {
  const script = mailHostScripts.find((each) => each.name === name);
  if (!script) throw new RangeError(`no mail host is called ${name}`);
  return script;
}
