/** Reads Prometheus' text format, strictly: a sample without HELP and TYPE before it is an error. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export function samplesOf(text: string): Sample[] {
  const declared = new Map<string, Set<string>>();
  return text.split("\n").flatMap((line): Sample[] => {
    if (line === "") return [];
    const comment = /^# (HELP|TYPE) (\S+) \S/.exec(line);
    if (comment !== null) {
      const [, kind = "", name = ""] = comment;
      declared.set(name, (declared.get(name) ?? new Set()).add(kind));
      return [];
    }
    const [, name = "", labels = "", value = ""] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    const family = [name, name.replace(/_(?:bucket|sum|count)$/, "")].find((each) => declared.get(each)?.size === 2);
    if (family === undefined) throw new Error(`No metric was declared for '${line}'.`);
    return [{ name, labels: labelsOf(labels), value: Number(value) }];
  });
}

function labelsOf(text: string): Record<string, string> {
  const labels = [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)",?/g)];
  if (labels.map(([part]) => part).join("") !== text) throw new Error(`'${text}' are no labels.`);
  return Object.fromEntries(labels.map(([, name = "", value = ""]) => [name, value]));
}

/** Values of one metric, by the labels that are not in `labels`. */
export function valuesOf(text: string, name: string, labels: Readonly<Record<string, string>> = {}): Sample[] {
  return samplesOf(text).filter(
    (sample) => sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
}
