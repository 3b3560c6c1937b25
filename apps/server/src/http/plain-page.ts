/** Pages that need no script: signing in, and a share that does not open. They follow the browser's light or dark. */
import { PASSWORD_LENGTH } from "@mxray/contracts";
import { escapeHtml } from "./escape-html.ts";

const STYLE = `
:root { color-scheme: light dark; --ground: #f6f7f9; --card: #fff; --ink: #16202b; --soft: #55616e; --line: #d9dee5; --accent: #0b5cad; --on-accent: #fff; --bad: #b3261e }
@media (prefers-color-scheme: dark) { :root { --ground: #0e141b; --card: #161e27; --ink: #e8edf2; --soft: #9aa7b4; --line: #2b3642; --accent: #5aa9f5; --on-accent: #06121f; --bad: #ff8a80 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { width: 100%; max-width: 30rem; padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px }
h1 { margin: 0 0 .75rem; font-size: 1.35rem } p { margin: 0 0 1rem; color: var(--soft); overflow-wrap: anywhere } p:last-child { margin-bottom: 0 }
.name { font-weight: 600; letter-spacing: .02em; color: var(--accent); margin-bottom: 1rem }
code { font: .9em ui-monospace, monospace; color: var(--ink); overflow-wrap: anywhere }
label { display: block; margin: 0 0 .9rem; font-weight: 600; font-size: .9rem }
input { font: inherit; width: 100%; margin-top: .3rem; padding: .6rem .7rem; border: 1px solid var(--line); border-radius: 8px; background: var(--ground); color: var(--ink) }
form { margin: 0 0 1.25rem } .problem { padding: .6rem .8rem; border-left: 3px solid var(--bad); background: var(--ground); color: var(--ink) }
input:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px }
button { font: inherit; font-weight: 600; width: 100%; padding: .7rem 1rem; border: 0; border-radius: 8px; background: var(--accent); color: var(--on-accent); cursor: pointer }
a.button { display: block; padding: .7rem 1rem; border: 1px solid var(--accent); border-radius: 8px; color: var(--accent); font-weight: 600; text-align: center; text-decoration: none }
a.button:focus-visible, button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px }`;

/** @param body HTML whose foreign parts are escaped */
function plainPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><link rel="icon" href="data:,">
<title>${escapeHtml(title)} · mxray</title><style>${STYLE}</style></head>
<body><main><p class="name">mxray</p><h1>${escapeHtml(title)}</h1>${body}</main></body></html>
`;
}

export interface WaysIn {
  /** There are users who sign in with a password. */
  readonly passwords: boolean;
  /** Name of the provider of single sign-on; null without one. */
  readonly signOn: string | null;
}

/** For a browser without a session. @param problem why the last try was refused */
export function waysInPage({ passwords, signOn }: WaysIn, problem: string | null = null): string {
  const link = "run <code>mxray link</code> on the server's machine, or <code>npx mxray link</code> in its folder";
  const ways = [
    signOn === null ? "" : `<p><a class="button" href="/sign-in/oidc">Sign in with ${escapeHtml(signOn)}</a></p>`,
    passwords ? PASSWORD_FORM : "",
    passwords || signOn !== null
      ? `<p>The owner can sign in with a one-time link: ${link}.</p>`
      : `<p>Open the one-time link that the server printed when it started.</p><p>To get another, ${link}.</p>`,
  ];
  return plainPage("Sign in", `${problemLine(problem)}${ways.join("\n")}`);
}

const PASSWORD_FORM = `<form method="post" action="/sign-in">
<label>Name<input name="name" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="64" required autofocus></label>
<label>Password<input name="password" type="password" autocomplete="current-password" maxlength="1000" required></label>
<button>Sign in</button></form>
<p>Forgotten your password? An admin can make a new sign-in link for you.</p>`;

/** The link's page: only the button signs in, so that a program that looks at links uses nothing up. */
export function linkSignInPage(token: string): string {
  return plainPage(
    "Sign in to mxray",
    `<p>This link works once, in this browser.</p><form method="post" action="/sign-in"><input type="hidden" name="token" value="${escapeHtml(token)}"><button autofocus>Sign in</button></form>`,
  );
}

/** An invited user, or one who lost the password. @param problem why the last try was refused */
export function choosePasswordPage(token: string, name: string, problem: string | null = null): string {
  const field = (label: string, field: string) =>
    `<label>${label}<input name="${field}" type="password" autocomplete="new-password" minlength="${PASSWORD_LENGTH.least}" maxlength="1000" required></label>`;
  return plainPage(
    "Choose a password",
    `<p>For the user <code>${escapeHtml(name)}</code>. Use at least ${PASSWORD_LENGTH.least} characters.</p>${problemLine(problem)}
<form method="post" action="/sign-in"><input type="hidden" name="token" value="${escapeHtml(token)}">
<input type="hidden" autocomplete="username" value="${escapeHtml(name)}">
${field("Password", "password")}${field("The same again", "repeated")}<button>Save and sign in</button></form>
<p>This link works once.</p>`,
  );
}

function problemLine(problem: string | null): string {
  return problem === null ? "" : `<p class="problem" role="alert">${escapeHtml(problem)}</p>`;
}

export function usedLinkPage(): string {
  return plainPage(
    "This sign-in link is used up",
    `<p>A sign-in link works once, and for a limited time.</p><p>Ask an admin for another, or run <code>mxray link</code> on the server's machine, or <code>npx mxray link</code> in its folder, for another.</p>`,
  );
}

/** One sentence, for a reader who cannot be shown more. */
export function sentencePage(title: string, sentence: string): string {
  return plainPage(title, `<p>${escapeHtml(sentence)}</p>`);
}
