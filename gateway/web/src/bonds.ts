import type { Bond } from "./registry/bond.ts";
import { bondKind } from "./registry/kind.ts";
import { startRegistryPage } from "./registry/registryPage.ts";
import { bondView } from "./view/registry/bond.ts";

const order: Readonly<Record<Bond["status"], number>> = { active: 0, posted: 1, exhausted: 2, released: 3 };

/** Those that secure something first, and with open triggers before all. */
function compare(a: Bond, b: Bond): number {
  const isOpen = Number(b.openTriggers.length > 0) - Number(a.openTriggers.length > 0);
  return isOpen || order[a.status] - order[b.status] || b.changedMs - a.changedMs;
}

startRegistryPage({ kind: bondKind, view: bondView, compare });
