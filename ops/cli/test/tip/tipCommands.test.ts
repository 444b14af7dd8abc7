import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalString, parseMemberId } from "@comity/protocol";
import { joinTip, openShare } from "@comity/tip";
import { checkReceipt } from "../../src/command/tipCheck.ts";
import { sealFile, sendFile } from "../../src/command/tipSend.ts";
import type { Layout } from "../../src/coalition/layout.ts";
import type { Terminal } from "../../src/terminal.ts";
import { scratchDirectories } from "../scratch.ts";
import { FakeGateway, TIP_HOUR } from "./fakeGateway.ts";

interface Said {
  value: Record<string, unknown>;
  text: string;
}

function listener(): { out: Terminal; said: Said } {
  const said: Said = { value: {}, text: "" };
  const out: Terminal = {
    isJson: false,
    say: (line) => void (said.text += `${line}\n`),
    result: (value, lines) => {
      said.value = value as Record<string, unknown>;
      said.text += lines.join("\n");
    },
  };
  return { out, said };
}

describe("comity tip", function () {
  this.timeout(30_000);
  const scratch = scratchDirectories();
  let layout: Layout;
  let gateway: FakeGateway;
  let folder: string;

  before(async () => {
    layout = await FakeGateway.found(join(scratch(), "coalition"));
  });
  beforeEach(async () => {
    folder = scratch();
    gateway = await FakeGateway.start(layout);
  });
  afterEach(() => gateway.stop());

  // No coalition in this directory: its user is somebody outside.
  const options = () => ({
    dataDir: join(folder, "none"),
    gateway: gateway.url,
    genesis: gateway.network.genesis,
  });
  const file = (content: string | Uint8Array, name = "tip.txt"): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const receiptFile = () => join(folder, "receipt.json");
  const send = async (text = "They trained at night."): Promise<Said> => {
    const { out, said } = listener();
    await sendFile(file(text), { ...options(), receipt: receiptFile() }, out);
    return said;
  };

  it("send seals for three officers, keeps the receipt to its owner, and names who stores the tip", async () => {
    const said = await send();

    const [cell] = gateway.cells;
    assert.ok(cell);
    const [a, b] = await Promise.all(
      ["xa", "xc"].map((id) => openShare(cell, gateway.secrets.get(id)!.secret)),
    );
    assert.equal(await joinTip(cell, a!, b!), "They trained at night.");
    assert.deepEqual(said.value["holders"], ["xa", "xc"]);
    assert.equal(said.value["tipHour"], TIP_HOUR);
    assert.equal(statSync(receiptFile()).mode & 0o777, 0o600);
  });

  it("send says plainly what is not protected yet", async () => {
    const { text } = await send();

    for (const words of ["no relay", "no onion service", "no mailbox", "no attachments", "sees the address"])
      assert.ok(text.includes(words), words);
  });

  it("seal makes a file for the form, as large for a byte as for 60,000", async () => {
    for (const text of ["x", "x".repeat(60_000)]) {
      const cell = join(folder, "tip.cell");
      await sealFile(file(text), cell, { ...options(), to: "xc,xb,xa" }, listener().out);
      assert.equal(readFileSync(cell).length, 65_536);
    }
    assert.equal(gateway.cells.length, 0);
  });

  const refusals: Record<string, [prepare: () => void, code: string]> = {
    "whose officers' key another member signed": [
      () => {
        const [first, second, ...rest] = gateway.officers;
        gateway.officers = [first!, { ...second!, sealingKey: first!.sealingKey }, ...rest];
      },
      "TIP_GATEWAY",
    ],
    "that names an officer of no member": [
      () => {
        const [first, ...rest] = gateway.officers;
        gateway.officers = [{ ...first!, memberId: parseMemberId("zz") }, ...rest];
      },
      "TIP_GATEWAY",
    ],
    "that knows two officers only": [() => void gateway.officers.pop(), "TIP_OFFICERS_FEW"],
  };
  for (const [what, [prepare, code]] of Object.entries(refusals)) {
    it(`send sends nothing to a gateway ${what}`, async () => {
      prepare();

      await assert.rejects(send(), { code });

      assert.equal(gateway.cells.length, 0);
      assert.equal(existsSync(receiptFile()), false);
    });
  }

  it("send sends nothing to a gateway of another network, and none without a fingerprint", async () => {
    const { out } = listener();
    const { genesis, ...without } = options();

    await assert.rejects(sendFile(file("x"), { ...without, genesis: genesis.replace(/./g, "0") }, out), {
      code: "TIP_GATEWAY",
    });
    await assert.rejects(sendFile(file("x"), without, out), { code: "USAGE" });
    assert.equal(gateway.cells.length, 0);
  });

  it("send takes no receipt for another tip", async () => {
    gateway.receiptFor = () => "ab".repeat(32);

    await assert.rejects(send(), { code: "TIP_GATEWAY" });
  });

  const files: Record<string, string | Uint8Array> = {
    nothing: "",
    "more than 60,000 bytes": "x".repeat(60_001),
    "no text": Uint8Array.of(0xff, 0xfe),
  };
  for (const [what, content] of Object.entries(files)) {
    it(`send takes no file with ${what}`, async () => {
      await assert.rejects(sendFile(file(content), options(), listener().out), { code: "DOCUMENT_WRONG" });
    });
  }

  it("check takes a receipt with an end of line, and nothing else for one", async () => {
    await send();
    gateway.fileRoot();
    writeFileSync(receiptFile(), `${readFileSync(receiptFile(), "utf8")}\n`);
    assert.equal(await checkReceipt(receiptFile(), options(), listener().out), 0);

    await assert.rejects(checkReceipt(file("{}"), options(), listener().out), { code: "DOCUMENT_WRONG" });
    const forged = { ...gateway.receipt("ab".repeat(32)), tipHour: 1 };
    await assert.rejects(checkReceipt(file(canonicalString(forged)), options(), listener().out), {
      code: "RECEIPT_SIGNATURE",
    });
  });

  const verdicts: Record<string, [prepare: (cellHash: string) => void, verdict: string, code: number]> = {
    "kept it": [() => gateway.fileRoot(), "kept", 0],
    "dropped it": [
      (cellHash) => {
        gateway.dropped.add(cellHash);
        gateway.fileRoot();
      },
      "dropped",
      1,
    ],
    "filed no root in time": [() => void (gateway.ledger = { root: null, closed: true }), "root-missing", 1],
    "lists something else than it filed": [
      (cellHash) => {
        gateway.fileRoot();
        gateway.dropped.add(cellHash);
      },
      "withheld",
      1,
    ],
    "still has time": [() => undefined, "pending", 2],
  };
  for (const [what, [prepare, verdict, code]] of Object.entries(verdicts)) {
    it(`check says of a gateway that ${what}: ${verdict}`, async () => {
      const { value } = await send();
      prepare(String(value["cellHash"]));
      const { out, said } = listener();

      assert.equal(await checkReceipt(receiptFile(), options(), out), code);

      assert.equal(said.value["verdict"], verdict);
      assert.equal(said.value["guilty"], ["dropped", "root-missing"].includes(verdict));
      assert.match(said.text, /the gateway's word here/);
    });
  }

  it("check counts no certificate that does not verify", async () => {
    await send();
    gateway.holders = [1];
    gateway.fileRoot();
    const { out, said } = listener();

    await checkReceipt(receiptFile(), options(), out);

    assert.deepEqual(said.value["holders"], []);
  });
});
