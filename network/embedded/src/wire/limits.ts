/** Fabric's peers and orderers: messages of at most 100 MiB, transactions of at most 10 MiB. */
export const maxMessageBytes = 100 * 1024 * 1024;
export const maxTransactionBytes = 10 * 1024 * 1024;

export const serverOptions = {
  "grpc.max_receive_message_length": maxMessageBytes,
  "grpc.max_send_message_length": maxMessageBytes,
};

/** A pool of its own, so that a new connection dials at once instead of waiting out another's back-off. */
export const connectOptions = { ...serverOptions, "grpc.use_local_subchannel_pool": 1 };
