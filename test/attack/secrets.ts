import { createPrivateKey, type KeyObject } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Coalition } from "@comity/cli";
import { fromHex } from "@comity/protocol";

/** What falls into the hands of whoever owns a member's machine. */
export interface MemberSecrets {
  readonly index: number;
  readonly identityKey: KeyObject;
  readonly secretShare: Uint8Array;
}

export function stealSecrets({ layout, network }: Coalition, memberId: string): MemberSecrets {
  const folder = join(layout.member(memberId), "node", "keys");
  const file = readdirSync(folder).find((name) => name.startsWith("share-"));
  if (file === undefined) throw new Error(`member ${memberId} holds no share`);
  const { secretShare } = JSON.parse(readFileSync(join(folder, file), "utf8")) as { secretShare: string };
  return {
    index: network.members.findIndex((member) => member.memberId === memberId) + 1,
    identityKey: createPrivateKey(readFileSync(layout.identityKey(memberId))),
    secretShare: fromHex(secretShare, 32),
  };
}
