import { AlertBoard } from "./alertBoard.ts";
import { fetchAlerts, fetchNotices } from "./api.ts";
import { part } from "./element.ts";
import { Shell } from "./shell.ts";
import { membersView } from "./view/members.ts";
import { noticesHeading, noticesView } from "./view/notices.ts";
import { trustVerdict } from "./view/trust.ts";
import { VerifierClient } from "./verifierClient.ts";

/** Puts the page of alerts together. */
const board = new AlertBoard(part("alert-list"), new VerifierClient("/verifier.js"), () => shell.showTrust());

const shell: Shell = new Shell({
  anchorTo: (anchor) => board.anchorTo(anchor),
  refresh: [async () => board.list((await fetchAlerts()).items), refreshNotices],
  showCoalition: (coalition, genesis) =>
    shell.replace("member-list", JSON.stringify([coalition, genesis]), (root) => {
      root.replaceChildren(...membersView(coalition, genesis));
    }),
  trust: (known) => trustVerdict({ ...known, ...board.counts() }),
});

async function refreshNotices(): Promise<void> {
  const notices = await fetchNotices();
  shell.replace("notice-list", JSON.stringify(notices), (root) => {
    root.replaceChildren(...noticesView(notices));
    part("notices-title").textContent = noticesHeading(notices);
  });
}

shell.start();
