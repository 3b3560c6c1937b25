/**
 * Classes for sizes (bytes) and waits (seconds): eight to an octave, with whole numbers as bounds, so that a histogram of
 * anything from an empty body to 2 GB has at most 232 of them and an error of at most one eighth. The log reader, the store
 * and the page count in the same ones. The bounds fall on 1024, 1152, 1280, 1408, 1536, …: sizes that matter on a path.
 *
 * The scheme is that of HDR histograms: the octave by the highest bit, within it linear by the next three.
 */

/** How many classes there are: a class is an integer from 0 to one less. */
export const SIZE_CLASSES = 232;

const LARGEST = 2 ** 31 - 1;

export interface ClassCount {
  readonly class: number;
  readonly count: number;
}

/** @param value bytes or seconds; fractions are cut off, less than 0 counts as 0 and more than 2^31 - 1 as that */
export function sizeClassOf(value: number): number {
  const whole = Math.min(LARGEST, Math.max(0, Math.trunc(value)));
  if (whole < 8) return whole;
  const octave = 31 - Math.clz32(whole);
  return (octave - 2) * 8 + ((whole >> (octave - 3)) & 7);
}

/** The smallest and the largest whole value of a class. */
export function sizeClassBounds(sizeClass: number): { readonly from: number; readonly to: number } {
  if (sizeClass < 8) return { from: sizeClass, to: sizeClass };
  const step = 2 ** (Math.floor(sizeClass / 8) - 1);
  const from = (8 + (sizeClass % 8)) * step;
  return { from, to: from + step - 1 };
}
