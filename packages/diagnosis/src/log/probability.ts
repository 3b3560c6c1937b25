/**
 * Exact probabilities of small and large counts, computed in logarithms so that neither a hundred thousand messages nor a
 * chance of one in a googol overflows. Relative error below 1e-9.
 */

/** ln(n!) from 0 to 20, from the products, which are exact. */
const SMALL: readonly number[] = Array.from({ length: 21 }, (_, n) => {
  let product = 1;
  for (let factor = 2; factor <= n; factor += 1) product *= factor;
  return Math.log(product);
});

/** ln(n!): by product up to 20, above by Stirling's series. */
function lnFactorial(n: number): number {
  const small = SMALL[n];
  if (small !== undefined) return small;
  const square = n * n;
  return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + (1 / 12 - (1 / 360 - 1 / (1260 * square)) / square) / n;
}

/** ln of the number of ways to choose `k` of `n`; 0 ≤ k ≤ n. */
export function lnChoose(n: number, k: number): number {
  return lnFactorial(n) - lnFactorial(k) - lnFactorial(n - k);
}

/**
 * The chance that at least `hits` of `trials` come about by themselves at this rate (upper tail of the binomial
 * distribution); 1 where there are no more of them than is to be expected.
 *
 * @param rate of one trial, above 0 and below 1
 */
export function excessChance(hits: number, trials: number, rate: number): number {
  if (hits <= trials * rate) return 1;
  let sum = 0;
  for (let k = hits; k <= trials; k += 1) {
    const term = Math.exp(lnChoose(trials, k) + k * Math.log(rate) + (trials - k) * Math.log1p(-rate));
    sum += term;
    // Above the expectation the terms fall: what is left is less than a thousandth of this one.
    if (term < sum * 1e-12) break;
  }
  return Math.min(1, sum);
}
