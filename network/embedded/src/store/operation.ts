/** One change of the level database, part of a batch. */
export type Operation =
  | { readonly type: "put"; readonly key: Buffer; readonly value: Buffer }
  | { readonly type: "del"; readonly key: Buffer };

export function put(key: Buffer, value: Buffer = Buffer.alloc(0)): Operation {
  return { type: "put", key, value };
}

export function del(key: Buffer): Operation {
  return { type: "del", key };
}
