import type { ConsoleLog, ConsolePeer, ConsoleProposal } from "../consoleSources.ts";
import { html, type Html } from "./html.ts";

export function proposalSection(proposals: readonly ConsoleProposal[]): Html {
  const rows = proposals.map(
    ({ digest, subject, signed, threshold, why }) =>
      html`<tr>
        <td><code>${digest.slice(0, 12)}…</code></td>
        <td>${subject.siteId}</td>
        <td>${signed.length} of ${threshold}</td>
        <td>${why}</td>
      </tr>`,
  );
  return table("proposals", "Being co-signed", ["Statement", "Site", "Signed", "Waits for"], rows);
}

export function peerSection(peers: readonly ConsolePeer[]): Html {
  const rows = peers.map(
    ({ name, connected, peerId }) =>
      html`<tr>
        <td>${name}</td>
        <td>${connected ? "connected" : "away"}</td>
        <td><code>${peerId ?? "not registered"}</code></td>
      </tr>`,
  );
  return table("peers", "Other members' nodes", ["Member", "State", "Peer"], rows);
}

export function logSection(logs: readonly ConsoleLog[]): Html {
  const rows = logs.map(
    ({ origin, own, size, root }) =>
      html`<tr>
        <td>${origin.split("/").slice(2).join(" / ")}</td>
        <td>${own ? "kept here" : "mirror"}</td>
        <td>${size}</td>
        <td><code>${root.slice(0, 16)}…</code></td>
      </tr>`,
  );
  return table("logs", "Log heads", ["Log", "Role", "Entries", "Root"], rows);
}

function table(id: string, title: string, columns: readonly string[], rows: readonly Html[]): Html {
  const body = html`<div class="scroll" tabindex="0" role="group" aria-labelledby="${id}">
    <table>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col">${column}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${rows.length === 0 ? html`<p class="empty">None.</p>` : body}
  </section>`;
}
