/**
 * One remedy as data: who does it, where, against which trouble, and the text to paste with typed placeholders
 * (`{{mtu}}`, see remedy-facts.ts). Plain values only, so that the whole playbook can be sent as JSON.
 */
import type { Audience, FindingCode, Platform, RemedyKind } from "@mxray/contracts";

/** One text for both families, or one for each; an empty text means that there is none for that family. */
export type FamilyText = string | { readonly 4: string; readonly 6: string };

export interface PlaybookEntry {
  /** Stable, such as `linux-mtu-probing`. */
  readonly id: string;
  readonly platform: Platform;
  readonly audience: Audience;
  readonly kind: RemedyKind;
  /** The troubles that it is a remedy for. */
  readonly codes: readonly FindingCode[];
  /**
   * How much it touches: 1 looks, or acts only where the trouble shows; 2 one destination or peer; 3 one program or
   * interface; 4 the whole machine or every connection through a device; 5 a last resort.
   */
  readonly mildness: 1 | 2 | 3 | 4 | 5;
  readonly title: string;
  /** Text to paste. */
  readonly steps: FamilyText;
  readonly undo: FamilyText;
  /** How to see that it worked. */
  readonly check: FamilyText;
  /** What else it changes; empty when nothing is known. */
  readonly sideEffects: FamilyText;
  /** Helps only where routers fragment what has no DF, and the fragments arrive. */
  readonly needsFragments?: true;
  /** Where it is documented. */
  readonly reference: string;
}
