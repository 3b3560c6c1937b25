/** The server cannot start or be reached; the message is one sentence for a person, naming the setting and the remedy. */
export class ConfigError extends Error {
  /** `usage`: a setting is wrong. `cannot-run`: the settings are right and the machine says no. */
  readonly kind: "usage" | "cannot-run";

  constructor(kind: ConfigError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}
