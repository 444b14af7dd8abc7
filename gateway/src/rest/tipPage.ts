import { canonicalString } from "@comity/protocol";
import type { TipReceipt } from "@comity/tip";

/** Pages that work without a script. Nothing in them depends on who asks. */

const notYet = `
      <section class="declared prose" aria-labelledby="limits-title">
        <h2 id="limits-title">What is protected, and what is not yet</h2>
        <p>
          The text is sealed on your own machine, by the command line, before it leaves it. Two case officers of two different member
          states must open it together, and each opening is on the ledger. This gateway cannot read it, and cannot
          drop it unseen once you have a receipt.
        </p>
        <p class="evaluation">
          <strong>Not yet protected:</strong> there is no relay and no onion service, so this gateway's machine sees the address that you connect
          from. It keeps neither the address, nor anything that your browser says of itself, nor a time finer than the hour, but for that you have only
          its word. There is no mailbox, so nobody can answer you. There are no attachments, and nothing removes what a text itself gives
          away. A page cannot protect you from the host that serves it.
        </p>
        <p>If being found out could harm you, do not send from a network or a device that is tied to you.</p>
      </section>`;

function page(title: string, main: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${title} · Comity</title>
    <link rel="icon" href="/icon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/style.css" />
  </head>
  <body>
    <header class="masthead">
      <div class="brand">
        <img src="/icon.svg" alt="" width="40" height="40" />
        <h1>${title}</h1>
      </div>
    </header>
    <main>${main}
    </main>
    <footer>
      <p><a href="/">The coalition's public page</a>. This page sets no cookies and needs no script.</p>
    </footer>
  </body>
</html>
`;
}

/** Where a file that the command line sealed can be left. */
export function tipFormPage(networkId: string): string {
  return page(
    "Send a sealed tip",
    `
      <section class="declared prose" aria-labelledby="seal-title">
        <h2 id="seal-title">1. Seal it on your own machine</h2>
        <p>
          Take the fingerprint of the coalition from somewhere else than this page: this gateway says it is
          <code>${networkId}</code>.
        </p>
        <pre><code>comity tip seal tip.txt tip.cell --genesis ${networkId} --gateway …</code></pre>
        <p>The sealed file has 65,536 bytes, whatever the text. <code>comity tip send</code> does both steps at once, and is what we recommend.</p>
      </section>
      <section class="declared prose" aria-labelledby="send-title">
        <h2 id="send-title">2. Leave the sealed file here</h2>
        <form method="post" action="/tip" enctype="multipart/form-data">
          <label for="cell">The sealed file</label>
          <div class="field">
            <input id="cell" name="cell" type="file" required />
            <button type="submit">Send it</button>
          </div>
        </form>
      </section>${notYet}`,
  );
}

/** The receipt, to be copied or saved: without it nobody can prove anything. */
export function tipReceiptPage(receipt: TipReceipt): string {
  const text = canonicalString(receipt);
  const file = `tip-${receipt.cellHash.slice(0, 12)}.receipt.json`;
  return page(
    "Your tip is stored",
    `
      <section class="declared prose" aria-labelledby="receipt-title">
        <h2 id="receipt-title">Keep this receipt</h2>
        <p>
          It proves that this gateway took your tip in hour ${receipt.tipHour}, and says nothing about you. Check later that it was kept, with
          <code>comity tip check ${file} --genesis … --gateway …</code>
        </p>
        <pre><code>${escaped(text)}</code></pre>
        <p><a download="${file}" href="data:application/json,${encodeURIComponent(text)}">Save the receipt</a></p>
      </section>${notYet}`,
  );
}

export function noTipPage(): string {
  return page(
    "No tips here",
    `
      <section class="declared prose" aria-labelledby="elsewhere-title">
        <h2 id="elsewhere-title">This gateway takes no tips</h2>
        <p>Ask for another member's gateway: <code>comity tip send</code> takes its address with <code>--gateway</code>.</p>
      </section>`,
  );
}

/** What went wrong, in the place of a problem document, for people. */
export function tipProblemPage(detail: string): string {
  return page(
    "The tip was not taken",
    `
      <section class="declared prose" aria-labelledby="problem-title">
        <h2 id="problem-title">Nothing was stored</h2>
        <p>${escaped(detail)}</p>
        <p><a href="/tip">Back to the form</a></p>
      </section>`,
  );
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
