import { html, type Html } from "./html.ts";
import type { Fact, OfficerAlert, OfficerView, WaitingDecision, WaitingOpening } from "./officerView.ts";
import { logSection, peerSection, proposalSection } from "./tables.ts";

export interface PageOptions {
  /** Proves that a form came from this page. */
  readonly token: string;
  /** What happened to the decision that the officer has just sent. */
  readonly notice?: string;
}

/** The officer's page, whole: no script, no style of its own, nothing from elsewhere. */
export function officerPage(view: OfficerView, options: PageOptions): string {
  const { member, network, mode, height, missing } = view;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${member} – Comity</title>
        <link rel="stylesheet" href="/officer.css" />
      </head>
      <body>
        <header>
          <h1>${member}</h1>
          <p>
            Officer's console of network ${network.slice(0, 12)}…, ${mode}; ledger at block ${height}.
            <a href="/">Look again</a>
          </p>
        </header>
        <main>
          ${noticeOf(options)} ${missing.map((why) => html`<p class="warning">Not ready: ${why}.</p>`)}
          ${decisionSection(view, options)} ${alertSection(view.alerts)} ${proposalSection(view.proposals)}
          ${tipSection(view)} ${peerSection(view.peers)} ${logSection(view.logs)}
        </main>
      </body>
    </html>`.markup;
}

function noticeOf({ notice }: PageOptions): Html {
  return notice === undefined ? html`` : html`<p class="notice" role="status">${notice}</p>`;
}

function decisionSection(view: OfficerView, options: PageOptions): Html {
  const { decisions, openings, areAllOpenings, canDecide } = view;
  const unread = html`<p class="warning">
    Not all requests to open tips could be read from the ledger: there may be more.
  </p>`;
  const cards = [
    ...decisions.map((decision) => decisionCard(decision, canDecide, options)),
    ...openings.map((opening) => openingCard(opening, view.memberId)),
    ...(areAllOpenings ? [] : [unread]),
  ];
  return html`<section aria-labelledby="decisions">
    <h2 id="decisions">Waits for your decision</h2>
    ${cards.length === 0 ? html`<p class="empty">Nothing waits for you.</p>` : cards}
  </section>`;
}

function decisionCard(decision: WaitingDecision, canDecide: boolean, { token }: PageOptions): Html {
  const { id, question, facts, votes, openedRev } = decision;
  const said = votes.map(
    ({ member, decision: word, reason }) => html`<li>${member}: ${word}. ${reason}</li>`,
  );
  return html`<article>
    <h3>${question}</h3>
    ${factList(facts)}
    ${
      said.length === 0
        ? html`<p>No member has voted yet.</p>`
        : html`<ul>
            ${said}
          </ul>`
    }
    ${canDecide ? decisionForm(id, openedRev, token) : commandFor(id)}
  </article>`;
}

/** Without a form: the case officer's share of the tip is on that officer's machine, and stays there. */
function openingCard({ cellHash, requestedBy, reason, requested }: WaitingOpening, memberId: string): Html {
  const facts = [
    { label: "Tip", value: cellHash },
    { label: "Reason", value: reason },
    { label: "Asked", value: requested },
  ];
  return html`<article>
    <h3>Open a tip together with ${requestedBy}'s case officer?</h3>
    ${factList(facts)}
    <p>
      Where your case officer keeps the sealing key:
      <code>comity tip open ${cellHash} --member ${memberId} --reason …</code>
    </p>
  </article>`;
}

function factList(facts: readonly Fact[]): Html {
  return html`<dl>
    ${facts.map(
      ({ label, value }) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

function decisionForm(id: string, openedRev: number, token: string): Html {
  return html`<form method="post" action="/decisions">
    <input type="hidden" name="token" value="${token}" />
    <input type="hidden" name="id" value="${id}" />
    <input type="hidden" name="openedRev" value="${openedRev}" />
    <label for="reason-${id}">Your reason, which all members read</label>
    <input id="reason-${id}" name="reason" required maxlength="400" autocomplete="off" />
    <button name="decision" value="approve">Approve</button>
    <button name="decision" value="refuse">Refuse</button>
  </form>`;
}

function commandFor(id: string): Html {
  return html`<p>
    This node has no officer's certificate. Decide with <code>comity approve ${id} --reason …</code>
  </p>`;
}

function alertSection(alerts: readonly OfficerAlert[]): Html {
  const cards = alerts.map(
    ({ id, title, status, explanation }) =>
      html`<article>
        <h3>${title} <small>${status}</small></h3>
        ${explanation.map((sentence) => html`<p>${sentence}</p>`)}
        <p><a href="/v1/alerts/${id}/bundle">Evidence of ${id.slice(0, 12)}…</a></p>
      </article>`,
  );
  return html`<section aria-labelledby="alerts">
    <h2 id="alerts">Alerts</h2>
    ${cards.length === 0 ? html`<p class="empty">The coalition has signed none.</p>` : cards}
  </section>`;
}

function tipSection({ tips }: OfficerView): Html {
  const kept =
    tips.kept === 0
      ? "No tip is kept here."
      : `${tips.kept} sealed tips of ${tips.hours} hours are kept here.`;
  return html`<section aria-labelledby="tips">
    <h2 id="tips">Tips</h2>
    <p>
      ${kept} Nobody can read one alone: two case officers of two members open it, with
      <code>comity tip open</code>.
    </p>
  </section>`;
}
