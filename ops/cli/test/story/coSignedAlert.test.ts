import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { AlertDocument } from "@comity/protocol";
import { Layout } from "../../src/coalition/layout.ts";
import { fetchBundle } from "../../src/story/coSignedAlert.ts";
import type { Stage } from "../../src/story/stage.ts";
import { scratchDirectories } from "../scratch.ts";

describe("fetchBundle", () => {
  const scratch = scratchDirectories();

  it("asks again where the answer breaks off, and believes nothing that does not verify", async () => {
    let asked = 0;
    const server = createServer((request, response) => {
      if (++asked === 1) request.socket.destroy();
      else response.end("no bundle");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const coalition = {
      gatewayUrl: `http://127.0.0.1:${port}`,
      layout: new Layout(scratch()),
      network: { genesis: "00".repeat(32) },
    };
    const deps = { now: () => 0, sleep: () => Promise.resolve(), signal: new AbortController().signal };
    const stage = { coalition, deps } as unknown as Stage;

    const bundle = fetchBundle(stage, { alertId: "00".repeat(32) } as AlertDocument);
    await assert.rejects(bundle, { code: "BUNDLE_FORM" }).finally(() => server.close());

    assert.equal(asked, 2);
  });
});
