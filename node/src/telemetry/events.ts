/** Something that happened, for whoever watches the node: one line of JSON on standard output each. */
export type NodeEvent = { readonly event: string } & Readonly<Record<string, unknown>>;
