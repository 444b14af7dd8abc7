/** Fabric's peers and orderers: messages of at most 100 MiB, transactions of at most 10 MiB. */
export const maxMessageBytes = 100 * 1024 * 1024;
export const maxTransactionBytes = 10 * 1024 * 1024;

/** Fabric's PreferredMaxBytes. A block stays far below what one message may carry, or nobody could ever be sent it. */
export const preferredBlockBytes = 2 * 1024 * 1024;

/** What may wait for its block at once: transactions are held in memory until they are written. */
export const maxPendingBytes = 64 * 1024 * 1024;

export const serverOptions = {
  "grpc.max_receive_message_length": maxMessageBytes,
  "grpc.max_send_message_length": maxMessageBytes,
};

/** A pool of its own, so that a new connection dials at once instead of waiting out another's back-off. */
export const connectOptions = { ...serverOptions, "grpc.use_local_subchannel_pool": 1 };
