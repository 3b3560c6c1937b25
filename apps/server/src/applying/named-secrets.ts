/** A file is under version control, so its secrets are only named: `${VARIABLE}` or `file:PATH`. They are read where it is applied. */
import { readFile } from "node:fs/promises";
import { type ChannelRequest, SECRET_URLS } from "@mxray/contracts";
import { ConfigError } from "../config/config-error.ts";
import type { AppliedState, DesiredState } from "./desired.ts";

type Environment = Readonly<Record<string, string | undefined>>;
type NamedChannel = NonNullable<DesiredState["channels"]>[number];

const VARIABLE = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;

/** @throws ConfigError with a sentence for each secret that cannot be read, and each that is written out */
export async function withSecrets({ channels, ...desired }: DesiredState, env: Environment): Promise<AppliedState> {
  if (channels === undefined) return desired;
  const problems: string[] = [];
  const read: ChannelRequest[] = [];
  for (const channel of channels) {
    try {
      read.push(await channelWithSecrets(channel, env));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new ConfigError("usage", problems.join("\n"));
  return { ...desired, channels: read };
}

/** @param what begins the sentence of the error @throws ConfigError of kind `cannot-run` */
export async function fileText(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new ConfigError("cannot-run", `${what} cannot be read from ${path}: ${code}.`);
  }
}

async function channelWithSecrets({ secret, ...channel }: NamedChannel, env: Environment): Promise<ChannelRequest> {
  const { name, kind, url } = channel;
  const named = isNamed(url) ? { ...channel, url: await read(url, `URL of the channel '${name}'`, env) } : channel;
  if (secret === undefined) return named;
  if (!isNamed(secret)) {
    throw new ConfigError("usage", `The secret of the channel '${name}' is written out; name it as \${VARIABLE} or file:PATH.`);
  }
  if (SECRET_URLS.includes(kind)) throw new ConfigError("usage", `The channel '${name}' needs no secret: its URL is the secret.`);
  return { ...named, secret: await read(secret, `secret of the channel '${name}'`, env), secretFrom: secret };
}

function isNamed(text: string): boolean {
  return VARIABLE.test(text) || text.startsWith("file:");
}

async function read(from: string, what: string, env: Environment): Promise<string> {
  const variable = VARIABLE.exec(from)?.[1];
  const text = variable === undefined ? await fileText(from.slice("file:".length), `The ${what}`) : (env[variable] ?? "");
  if (text.trim() === "") throw new ConfigError("usage", `The ${what} is empty: ${from}.`);
  return text.trim();
}
