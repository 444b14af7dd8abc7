/**
 * Loaded before every process of a local coalition (`node --import`). The channel to the supervisor closes when it ends,
 * even by kill -9: then this process stops as if asked to, and at the latest after a grace.
 */
const graceMs = 5_000;

process.on("disconnect", () => {
  setTimeout(() => process.exit(1), graceMs).unref();
  process.kill(process.pid, "SIGTERM");
});
// A listener keeps the channel, and so the process, alive; ours must not.
process.channel?.unref();
