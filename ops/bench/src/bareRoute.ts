import { readFileSync } from "node:fs";
import process from "node:process";
import { fastify } from "fastify";

/** The yardstick of routes: `node bareRoute.js FILE` answers every GET with the file's bytes, and prints its URL. */
const [file = ""] = process.argv.slice(2);
const bytes = readFileSync(file);
const server = fastify();
server.get("/*", (_, reply) => reply.type("application/json").send(bytes));
process.stdout.write(`${await server.listen({ host: "127.0.0.1", port: 0 })}\n`);
