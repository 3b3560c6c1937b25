import { Link } from "@tanstack/react-router";

/** Where the machine itself is shown. */
export function MachinePages() {
  return (
    <p className="px-1 text-sm">
      <Link to="/host" className="text-accent underline-offset-2 hover:underline">
        Health of this machine
      </Link>{" "}
      ·{" "}
      <Link to="/live" className="text-accent underline-offset-2 hover:underline">
        Live deliveries
      </Link>{" "}
      ·{" "}
      <Link to="/queue" className="text-accent underline-offset-2 hover:underline">
        Mail queue
      </Link>
    </p>
  );
}
