// The probe: unmodified fabric-shim in server mode, mutual TLS. Arguments: one JSON text.
import { readFileSync } from "node:fs";
import process from "node:process";
import shim, { type ChaincodeStub } from "fabric-shim";
import { flowSteps } from "./flowSteps.ts";
import { privateSteps } from "./privateSteps.ts";
import { stateSteps } from "./stateSteps.ts";
import { Reply, type Steps } from "./step.ts";

export interface ProbeSettings {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly clientRootFile: string;
  /** One process serves several chaincodes of one program. */
  readonly servers: readonly { readonly address: string; readonly ccid: string }[];
}

const steps: Steps = { ...stateSteps, ...privateSteps, ...flowSteps };

const probe = {
  Init: () => Promise.resolve(shim.success()),
  /** `run` takes a JSON list of operations, each a list of its name and arguments, and answers with the list of what each gave. */
  async Invoke(stub: ChaincodeStub) {
    const { fcn, params } = stub.getFunctionAndParameters();
    try {
      if (fcn !== "run") throw new Error(`there is no transaction ${fcn}`);
      return await run(stub, JSON.parse(params[0] ?? "[]") as readonly [string, ...string[]][]);
    } catch (error) {
      return shim.error(error instanceof Error ? error.message : String(error));
    }
  },
};

async function run(stub: ChaincodeStub, list: readonly (readonly [string, ...string[]])[]): Promise<object> {
  const answers: unknown[] = [];
  for (const [name, ...args] of list) {
    const step = steps[name];
    if (step === undefined) throw new Error(`there is no step ${name}`);
    const answer = await step(stub, args);
    if (answer instanceof Reply) return answer;
    answers.push(answer);
  }
  return shim.success(Buffer.from(JSON.stringify(answers)));
}

const settings = JSON.parse(process.argv[2] ?? "{}") as ProbeSettings;
// fabric-shim's types leave out its server mode.
type Serve = (chaincode: object, options: object) => { start(): Promise<void> };
const { server } = shim as unknown as { server: Serve };
const tlsProps = {
  cert: readFileSync(settings.certificateFile),
  key: readFileSync(settings.keyFile),
  clientCACerts: readFileSync(settings.clientRootFile),
};
await Promise.all(settings.servers.map((each) => server(probe, { ...each, tlsProps }).start()));
process.stdout.write(`${JSON.stringify({ event: "ready" })}\n`);
