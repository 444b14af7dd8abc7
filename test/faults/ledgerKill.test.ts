import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { type Committed, type LedgerBlock, LedgerError } from "@comity/ledger";
import { noticeDocument, page } from "@comity/protocol";
import { eventually } from "../system/eventually.ts";
import { is } from "../system/eventBook.ts";
import { seededRandom } from "../system/seededRandom.ts";
import { sharedCoalition } from "../system/sharedCoalition.ts";
import { newNoticeId, noticeText } from "../system/testNotice.ts";
import { enrolTestSite, type TestSite } from "../system/testSite.ts";

const ROUNDS = 10;
const WRITERS = 12;
const LONGEST_LIFE_MS = 500;
/** Of a writer that was refused: it must not keep the ledger's machine from starting it again. */
const PAUSE_MS = 50;
const VALID = 0;
/** The ledger is down, or nobody knows yet: nothing was acknowledged, so nothing is owed. */
const survivable = ["LEDGER_UNAVAILABLE", "LEDGER_UNKNOWN", "LEDGER_REFUSED", "BUCKET_CLOSED"];

describe("A ledger killed at random points", function () {
  this.timeout(300_000); // Each life begins anew beside whatever else runs.
  const shared = sharedCoalition();
  const acknowledged = new Map<string, Committed>();

  /** Files one notice after the other until told to stop. */
  async function write(site: TestSite, signal: AbortSignal): Promise<void> {
    const ledger = shared().coalition.ledger(site.memberId, "officer");
    while (!signal.aborted) {
      const noticeId = newNoticeId();
      try {
        const text = noticeText(shared().genesis, site, noticeId);
        acknowledged.set(noticeId, await ledger.submit("notice:File", text));
      } catch (error) {
        if (!(error instanceof LedgerError) || !survivable.includes(error.code)) throw error;
        await pause(PAUSE_MS);
      }
    }
  }

  async function killAndRestart(random: () => number): Promise<void> {
    const { coalition, events } = shared();
    const before = acknowledged.size;
    await eventually("a submission acknowledged", () => (acknowledged.size > before ? true : undefined));
    await pause(random() * LONGEST_LIFE_MS);
    await coalition.kill("ledger");
    const mark = events.now;
    await coalition.restart("ledger");
    await events.until("the ledger is back", is("ready", "ledger"), mark);
  }

  /** Hashes and links are checked on the way: the stream throws at a block that does not follow. */
  async function readBlocks(last: bigint): Promise<readonly LedgerBlock[]> {
    const stop = new AbortController();
    const ledger = shared().coalition.ledger(shared().memberId(2), "node");
    const blocks: LedgerBlock[] = [];
    for await (const block of ledger.blocks({ from: 0n, signal: stop.signal })) {
      blocks.push(block);
      if (block.number >= last) stop.abort();
    }
    return blocks;
  }

  async function readNoticeIds(): Promise<ReadonlySet<string>> {
    const ledger = shared().coalition.ledger(shared().memberId(2), "node");
    const ids = new Set<string>();
    let bookmark = "";
    do {
      const answer = await ledger.evaluate("notice:List", "100", bookmark);
      const found = page(noticeDocument)(JSON.parse(new TextDecoder().decode(answer)));
      for (const { noticeId } of found.items) ids.add(noticeId);
      bookmark = found.bookmark;
    } while (bookmark !== "");
    return ids;
  }

  it(`keeps all that it acknowledged, and one chain of blocks, through ${ROUNDS} kills`, async () => {
    const random = seededRandom("lives of the ledger");
    const site = await enrolTestSite(shared(), { member: 1 });
    const stop = new AbortController();
    const writers = Promise.all(Array.from({ length: WRITERS }, () => write(site, stop.signal)));

    for (let round = 0; round < ROUNDS; round++) await killAndRestart(random);
    stop.abort();
    await writers;

    const heights = [...acknowledged.values()].map(({ blockNumber }) => blockNumber);
    const blocks = await readBlocks(heights.reduce((a, b) => (a > b ? a : b), 0n));
    const valid = new Map(
      blocks.flatMap(({ number, transactions }) =>
        transactions.filter(({ validationCode }) => validationCode === VALID).map(({ id }) => [id, number]),
      ),
    );
    const filed = await readNoticeIds();
    const lost = [...acknowledged].filter(
      ([noticeId, { transactionId, blockNumber }]) =>
        valid.get(transactionId) !== blockNumber || !filed.has(noticeId),
    );
    console.log(
      `      ${ROUNDS} kills, ${acknowledged.size} acknowledged, ${lost.length} lost, ${blocks.length} blocks`,
    );
    assert.ok(acknowledged.size >= ROUNDS);
    assert.deepEqual(lost, []);
  });
});
