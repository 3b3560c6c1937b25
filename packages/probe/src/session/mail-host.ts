/** A mail host to probe. */
export interface MailHost {
  readonly name: string | null;
  readonly address: string;
  readonly family: 4 | 6;
  readonly port: number;
  readonly preference: number | null;
}
