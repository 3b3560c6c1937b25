/**
 * The picture that a chat shows of a link to a diagnosis: the verdict, which sizes pass and which vanish, and between which
 * hops. Laid out by satori, which turns all text into outlines, and drawn by resvg: no browser, no network, no fonts of the
 * machine. Text is capped; what the font has no letter for is an empty box.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  type Finding,
  type HopOwner,
  lostPackets,
  lostSizesText,
  type MailHostObservation,
  printable,
  type Severity,
  type SharedDiagnosis,
} from "@mxray/contracts";

export const CARD_WIDTH = 1200;
export const CARD_HEIGHT = 630;
const TITLE_CAP = 150;
const NAME_CAP = 60;

const FONT_FILES = [
  import.meta.resolve("@fontsource/inter/files/inter-latin-400-normal.woff"),
  import.meta.resolve("@fontsource/inter/files/inter-latin-700-normal.woff"),
];

const INK = "#14202b";
const SOFT = "#4b5967";
const LINE = "#d9e0e7";
const OK = "#17764a";
const TONES: Record<Severity, string> = { critical: "#bf222b", warning: "#8f5b00", info: "#43607d" };

/** @returns a PNG of 1200×630 pixels */
export async function drawShareCard({ report }: SharedDiagnosis): Promise<Buffer> {
  // Large, and not every server ever draws one.
  const [{ default: satori }, { renderAsync }, fonts] = await Promise.all([import("satori"), import("@resvg/resvg-js"), loadFonts()]);
  const [worst] = report.findings;
  const tone = worst === undefined || worst.code === "healthy" ? OK : TONES[worst.severity];
  const host = report.hosts.find(({ address, port }) => address === worst?.subject.address && port === worst?.subject.port) ?? null;
  const card = box({ width: "100%", height: "100%", backgroundColor: "#f3f5f8", color: INK, fontFamily: "Inter" }, [
    box({ width: 18, height: "100%", backgroundColor: tone }),
    column({ flex: 1, padding: "46px 56px 40px 50px", justifyContent: "space-between" }, [
      headOf(worst, tone),
      text(printable(worst?.title ?? `Mail to ${report.target}`, TITLE_CAP), { fontSize: 52, fontWeight: 700, lineHeight: 1.18 }, 3),
      worst === undefined || host === null ? box({}) : pathOf(worst, host, tone),
      text(printable(`Mail to ${report.target}, measured ${report.startedAt.slice(0, 16).replace("T", " ")} UTC`, 110), {
        fontSize: 24,
        color: SOFT,
      }),
    ]),
  ]);
  // satori takes plain objects in the shape of React's elements.
  const svg = await satori(card as never, { width: CARD_WIDTH, height: CARD_HEIGHT, fonts });
  return (await renderAsync(svg, { font: { loadSystemFonts: false } })).asPng();
}

function headOf(finding: Finding | undefined, tone: string): Box {
  const words = finding === undefined || finding.code === "healthy" ? "" : `${finding.severity} · ${finding.confidence}`;
  return box({ justifyContent: "space-between", alignItems: "center" }, [
    text("mxray", { fontSize: 34, fontWeight: 700 }),
    text(words, { fontSize: 26, fontWeight: 700, color: tone }),
  ]);
}

/** What passes, what vanishes, and where; nothing where sizes play no part. */
function pathOf({ code }: Finding, { path }: MailHostObservation, tone: string): Box {
  const inbound = code === "pmtu-black-hole-inbound";
  const { mtu } = inbound ? path.inbound : path.outbound;
  if ((!inbound && code !== "pmtu-black-hole") || mtu === null) return box({});
  const lost = inbound ? null : lostSizesText(lostPackets(path.outbound));
  const between = inbound ? null : path.lostBetween;
  return box({ gap: 22 }, [
    figure("largest that passes", [`${mtu} bytes`], OK),
    figure("sizes lost", [lost ?? `over ${mtu}`], tone),
    ...(between === null ? [] : [figure("dropped between", between.map(stationOf), INK, 1.6)]),
  ]);
}

function stationOf({ address, ttl }: HopOwner): string {
  return ttl === 0 ? "the sender" : printable(address === null ? `hop ${ttl}` : `hop ${ttl}: ${address}`, NAME_CAP);
}

/** One value large, several smaller. */
function figure(name: string, values: readonly string[], color: string, flex = 1): Box {
  const look = { fontSize: values.length === 1 ? 38 : 27, fontWeight: 700, color };
  return column({ flex, padding: "20px 24px", gap: 6, borderRadius: 16, border: `2px solid ${LINE}`, backgroundColor: "#ffffff" }, [
    text(name, { fontSize: 22, color: SOFT }),
    ...values.map((value) => text(value, look)),
  ]);
}

interface Box {
  readonly type: "div";
  readonly props: { readonly style: object; readonly children?: readonly Box[] | string };
}

function box(style: object, children: readonly Box[] = []): Box {
  return { type: "div", props: { style: { display: "flex", ...style }, children } };
}

function column(style: object, children: readonly Box[]): Box {
  return box({ flexDirection: "column", ...style }, children);
}

/** @param lines most of them; what is longer ends in … */
function text(words: string, style: object, lines = 1): Box {
  return { type: "div", props: { style: { display: "block", lineClamp: lines, wordBreak: "break-word", ...style }, children: words } };
}

async function loadFonts() {
  const [regular, bold] = await Promise.all(FONT_FILES.map((url) => readFile(fileURLToPath(url))));
  if (regular === undefined || bold === undefined) throw new Error("The card has two fonts.");
  return [
    { name: "Inter", weight: 400 as const, data: regular },
    { name: "Inter", weight: 700 as const, data: bold },
  ];
}
