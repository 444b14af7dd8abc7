import { timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyReply } from "fastify";
import { DomainError } from "@comity/protocol";
import type { OfficerView } from "./officerView.ts";
import { officerPage } from "./page.ts";
import { officerStyle } from "./style.ts";

const words = ["approve", "refuse"] as const;

export interface Decision {
  readonly id: string;
  readonly openedRev: number;
  readonly decision: (typeof words)[number];
  readonly reason: string;
}

export interface OfficerDesk {
  view(): Promise<OfficerView>;
  /** Says it on the ledger, as the member's officer. @throws DomainError with the ledger's code */
  decide(decision: Decision): Promise<void>;
}

export interface OfficerRouteDeps {
  readonly desk: OfficerDesk;
  readonly randomBytes: (count: number) => Uint8Array;
}

export class OfficerError extends DomainError<"FORM_FOREIGN" | "FORM_INVALID"> {}

const MAX_FORM_BYTES = 4096;
const policy =
  "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** The page at `/` and the one form on it. A form counts only with the token of a page that this process made. */
export function addOfficerRoutes(app: FastifyInstance, { desk, randomBytes }: OfficerRouteDeps): void {
  const token = Buffer.from(randomBytes(32)).toString("hex");
  const show = async (reply: FastifyReply, status: number, notice?: string): Promise<FastifyReply> =>
    reply
      .code(status)
      .headers({
        "content-security-policy": policy,
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
      })
      .type("text/html; charset=utf-8")
      .send(officerPage(await desk.view(), { token, ...(notice !== undefined && { notice }) }));

  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string", bodyLimit: MAX_FORM_BYTES },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
  app.get("/officer.css", (_request, reply) => reply.type("text/css; charset=utf-8").send(officerStyle));
  app.get("/", (_request, reply) => show(reply, 200));
  app.post("/decisions", { bodyLimit: MAX_FORM_BYTES }, async (request, reply) => {
    try {
      const decision = readForm(request.body, token);
      await desk.decide(decision);
      return await show(reply, 200, `Said on the ledger: ${decision.decision} ${decision.id}.`);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return show(
        reply,
        error instanceof OfficerError ? 403 : 409,
        `${String(error.code)}: ${error.message}`,
      );
    }
  });
}

/** @throws OfficerError */
function readForm(form: unknown, token: string): Decision {
  if (!(form instanceof URLSearchParams) || !isEqual(form.get("token") ?? "", token))
    throw new OfficerError("FORM_FOREIGN", "the form is not of this page: look again and send it anew");
  const field = (name: string): string => form.get(name)?.trim() ?? "";
  const decision = words.find((word) => word === field("decision"));
  const openedRev = Number(field("openedRev"));
  if (decision === undefined || field("reason") === "" || !Number.isSafeInteger(openedRev))
    throw new OfficerError("FORM_INVALID", "approve or refuse, with a reason");
  return { id: field("id"), openedRev, decision, reason: field("reason") };
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
