import assert from "node:assert/strict";
import { cellHashOf } from "@comity/tip";
import { TipServer } from "../../src/tip/index.ts";
import { cellOf, TipNodes } from "./tipNodes.ts";

describe("The tip server", () => {
  let nodes: TipNodes;
  let server: TipServer;
  let url: string;
  const noted: string[] = [];

  beforeEach(async () => {
    nodes = await TipNodes.make();
    const { service } = await nodes.start(1);
    server = new TipServer(
      { host: "127.0.0.1", port: 0 },
      { sources: service, log: { note: (message) => noted.push(message) } },
    );
    await server.start();
    url = `http://127.0.0.1:${server.port}/v1`;
  });
  afterEach(async () => {
    await server.stop();
    await nodes.close();
    assert.deepEqual(noted.splice(0), []);
  });

  const post = (body: Uint8Array, type = "application/octet-stream"): Promise<Response> =>
    fetch(`${url}/tips`, { method: "POST", headers: { "content-type": type }, body: Buffer.from(body) });

  it("takes a cell and gives it back byte for byte", async () => {
    const cell = await cellOf("one");

    const answer = await post(cell);

    const place = { cellHash: cellHashOf(cell), tipHour: nodes.hour };
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), place);
    const given = await fetch(`${url}/tips/${place.cellHash}`);
    assert.deepEqual(new Uint8Array(await given.arrayBuffer()), cell);
    const { items } = (await (await fetch(`${url}/tips`)).json()) as { items: unknown[] };
    assert.deepEqual(items, [{ ...place, memberId: "aa" }]);
  });

  const unknown = "ab".repeat(32);
  const refusals: Record<string, [ask: () => Promise<Response>, status: number, code: string]> = {
    "what is longer than a cell": [() => post(new Uint8Array(65_537)), 413, "REQUEST_INVALID"],
    "what is shorter": [() => post(new Uint8Array(65_535)), 400, "CELL_MALFORMED"],
    "nothing at all": [() => fetch(`${url}/tips`, { method: "POST" }), 400, "CELL_MALFORMED"],
    "another type": [() => post(new Uint8Array(65_536), "text/plain"), 415, "REQUEST_INVALID"],
    "a cell that nobody has": [() => fetch(`${url}/tips/${unknown}`), 404, "TIP_UNKNOWN"],
    "a certificate of a tip that is none": [
      () => fetch(`${url}/tips/${unknown}/certificate`),
      404,
      "TIP_UNKNOWN",
    ],
    "a hash that is none": [() => fetch(`${url}/tips/x`), 400, "HEX_INVALID"],
    "an hour that is not over": [() => fetch(`${url}/tip-hours/${nodes.hour}`), 404, "TIP_HOUR_RUNNING"],
    "an hour that is none": [() => fetch(`${url}/tip-hours/-1`), 400, "ID_INVALID"],
    "another path": [() => fetch(`${url}/else`), 404, "NOT_FOUND"],
  };
  for (const [what, [ask, status, code]] of Object.entries(refusals)) {
    it(`refuses ${what}`, async () => {
      const answer = await ask();

      assert.equal(answer.status, status);
      assert.equal(((await answer.json()) as { code: string }).code, code);
    });
  }
});
