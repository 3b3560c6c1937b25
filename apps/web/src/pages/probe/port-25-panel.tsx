import { type ProbeDetail, SMTP_PORT } from "@mxray/contracts";
import { Link } from "@tanstack/react-router";
import { Port25Check } from "../../panels/probes/port-25-check.tsx";
import { Card } from "../../ui/card.tsx";
import { CodeBlock } from "../../ui/code-block.tsx";
import { Message } from "../../ui/message.tsx";

/** Where a probe bears on it: whether port 25 is blocked on our side, and what still works when it is. */
export function Port25Panel({ probe: { report, verdict, practice, request, target } }: { probe: ProbeDetail }) {
  if (report === null) return null;
  if (verdict?.code === "port-25-blocked") {
    return (
      <Card title="What you can do from here">
        <ul className="list-disc space-y-2 pl-5">
          <li>
            Probe the host on port 465 or 587, which are rarely blocked, for example{" "}
            <code className="font-mono text-[13px]">mx1.example.com:587</code>. The path and its packet sizes are the same.
          </li>
          {!practice && (
            <li>
              Try{" "}
              <Link to="/diagnose" className="font-semibold text-accent underline">
                the practice lab
              </Link>
              , which needs no network.
            </li>
          )}
          <li>
            Run the command line on a machine where port 25 is open, preferably the mail server. The report is the same.
            <div className="mt-2">
              <CodeBlock title="Run there" text={`npx mxray probe ${practice ? "example.com" : target}`} />
            </div>
          </li>
        </ul>
      </Card>
    );
  }
  if (request.controls !== undefined && anyConnected(report)) {
    return <Message tone="ok">Port 25 is open here: at least one mail host accepted our connection.</Message>;
  }
  if (verdict?.code !== "connect-timeout" || request.controls !== undefined || practice) return null;
  return (
    <Card title="Them or us?">
      <p className="text-sm text-soft">No answer on port 25. The cause is at the host, on the path, or a block on our side.</p>
      <Port25Check target={target} />
    </Card>
  );
}

function anyConnected({ hosts, controls }: NonNullable<ProbeDetail["report"]>): boolean {
  return (
    hosts.some(({ port, stages }) => port === SMTP_PORT && stages.some(({ stage, outcome }) => stage === "connect" && outcome === "ok")) ||
    controls.some(({ stage, address }) => address !== null && stage !== "resolve" && stage !== "connect")
  );
}
