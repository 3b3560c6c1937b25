import { Link } from "@tanstack/react-router";
import { ArrowRight, BookOpen } from "lucide-react";
import { buttonClass } from "../../ui/button.tsx";

/** Nothing was ever done here: where to begin. */
export function Begin() {
  return (
    <section className="mx-auto max-w-2xl py-12 text-center sm:py-20">
      <h1 className="text-3xl font-bold tracking-tight">Nothing was looked at yet</h1>
      <p className="mt-3 text-soft">
        This page will show what is broken, since when and how sure that is. It learns that from probes of mail hosts and from mail logs
        that are followed.
      </p>
      <div className="mt-7 flex flex-wrap justify-center gap-3">
        <Link to="/diagnose" className={buttonClass("primary")}>
          Begin with a diagnosis <ArrowRight size={16} aria-hidden />
        </Link>
        <Link to="/playbook" className={buttonClass()}>
          <BookOpen size={16} aria-hidden /> Read the playbook
        </Link>
      </div>
    </section>
  );
}
