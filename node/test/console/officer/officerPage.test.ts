import assert from "node:assert/strict";
import { fastify, type FastifyInstance } from "fastify";
import { DomainError } from "@comity/protocol";
import { html } from "../../../src/console/officer/html.ts";
import { addOfficerRoutes, type Decision } from "../../../src/console/officer/officerRoutes.ts";
import type { OfficerView } from "../../../src/console/officer/officerView.ts";

const venueId = "01JD0000000000000000000001";
const view: OfficerView = {
  member: "Aldermark",
  memberId: "xa",
  network: "ab".repeat(32),
  mode: "evaluation",
  height: "7",
  missing: [],
  decisions: [
    {
      id: venueId,
      question: "List <Grey & Sons> as a non-compliant venue?",
      facts: [{ label: "Reasons", value: '<script>alert("x")</script>' }],
      votes: [{ member: "Brenovia", decision: "approve", reason: "It is so." }],
      openedRev: 4,
    },
  ],
  openings: [
    {
      cellHash: "cd".repeat(32),
      requestedBy: "Brenovia",
      reason: "It names a site.",
      requested: "2027-03-10",
    },
  ],
  areAllOpenings: true,
  alerts: [],
  proposals: [],
  tips: { kept: 0, hours: 0 },
  peers: [],
  logs: [],
  canDecide: true,
};

describe("the officer's page", () => {
  let said: Decision[];
  let app: FastifyInstance;
  let refusal: Error | undefined;

  beforeEach(() => {
    said = [];
    refusal = undefined;
    app = open(view);
  });

  function open(shown: OfficerView): FastifyInstance {
    const server = fastify();
    const decide = (decision: Decision): Promise<void> => {
      said.push(decision);
      return refusal === undefined ? Promise.resolve() : Promise.reject(refusal);
    };
    const desk = { view: () => Promise.resolve(shown), decide };
    addOfficerRoutes(server, { desk, randomBytes: (count) => new Uint8Array(count).fill(7) });
    return server;
  }

  const token = "07".repeat(32);
  const form = { token, id: venueId, openedRev: "4", decision: "approve", reason: "Seen the evidence." };

  function send(fields: Record<string, string>) {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const payload = new URLSearchParams(fields).toString();
    return app.inject({ method: "POST", url: "/decisions", headers, payload });
  }

  it("shows the exact proposal, what others said, and a form for it", async () => {
    const { statusCode, body } = await app.inject("/");

    assert.equal(statusCode, 200);
    assert.match(body, /List &#60;Grey &#38; Sons&#62; as a non-compliant venue\?/);
    assert.match(body, /Brenovia: approve\. It is so\./);
    assert.match(body, /name="openedRev" value="4"/);
  });

  it("shows which tip another member's officer asks to open, and the command for it", async () => {
    const { body } = await app.inject("/");

    assert.match(body, /Open a tip together with Brenovia's case officer\?/);
    assert.match(body, /It names a site\./);
    assert.match(body, new RegExp(`comity tip open ${"cd".repeat(32)} --member xa`));
  });

  it("says so where not all that waits could be read", async () => {
    app = open({ ...view, decisions: [], openings: [], areAllOpenings: false });

    const { body } = await app.inject("/");

    assert.match(body, /there may be more/);
    assert.doesNotMatch(body, /Nothing waits for you/);
  });

  it("reads nothing of a proposal as markup, and lets no script run", async () => {
    const { body, headers } = await app.inject("/");

    assert.doesNotMatch(body, /<script/);
    assert.match(String(headers["content-security-policy"]), /^default-src 'none'/);
    assert.equal(html`${"<&>'\""}`.markup, "&#60;&#38;&#62;&#39;&#34;");
  });

  it("passes a decision on with its reason and the revision that was read", async () => {
    const { statusCode, body } = await send(form);

    assert.equal(statusCode, 200);
    assert.match(body, /Said on the ledger: approve/);
    assert.deepEqual(said, [
      { id: venueId, openedRev: 4, decision: "approve", reason: "Seen the evidence." },
    ]);
  });

  it("says with its code why the ledger refused a decision", async () => {
    refusal = new DomainError("VOTE_EXISTS", "this member has voted otherwise");

    const { statusCode, body } = await send(form);

    assert.equal(statusCode, 409);
    assert.match(body, /VOTE_EXISTS: this member has voted otherwise/);
  });

  const foreign: Record<string, Record<string, string>> = {
    "without the page's token (FORM_FOREIGN)": { ...form, token: "" },
    "with another page's token (FORM_FOREIGN)": { ...form, token: "08".repeat(32) },
    "without a reason (FORM_INVALID)": { ...form, reason: "  " },
    "with another word than approve or refuse (FORM_INVALID)": { ...form, decision: "abstain" },
    "with a revision that is none (FORM_INVALID)": { ...form, openedRev: "four" },
  };
  for (const [name, fields] of Object.entries(foreign)) {
    it(`refuses a form ${name}`, async () => {
      const { statusCode, body } = await send(fields);

      assert.equal(statusCode, 403);
      assert.match(body, new RegExp(/\((\w+)\)/.exec(name)?.[1] ?? ""));
      assert.deepEqual(said, []);
    });
  }

  it("offers no form where the node has no officer's certificate, but the command", async () => {
    app = open({ ...view, canDecide: false });

    const { body } = await app.inject("/");

    assert.doesNotMatch(body, /<form/);
    assert.match(body, new RegExp(`comity approve ${venueId}`));
  });
});
