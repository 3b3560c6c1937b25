import { Link } from "@tanstack/react-router";
import { buttonClass } from "../ui/button.tsx";
import { usePageTitle } from "../ui/use-page-title.ts";

export function NotFoundPage() {
  usePageTitle("No such page");
  return (
    <div className="py-20 text-center">
      <h1 className="text-2xl font-bold">There is no such page</h1>
      <p className="mt-2 mb-6 text-soft">The address may be incomplete, or from another version.</p>
      <Link to="/diagnose" className={buttonClass("primary")}>
        Diagnose a host
      </Link>
    </div>
  );
}
