// A receiver with nothing but Node.js: node receiver.mjs
import { createServer } from "node:http";
import { isSigned } from "../signature.mjs";

const KEY = process.env.CALLBACK_SIGNATURE_KEY ?? "a-key-of-your-own";

export const events = new Map(); // a table of yours, by eventId

export const receiver = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  if (!isSigned(body, KEY, request.headers["elements-webhook-signature"])) {
    return response.writeHead(401).end();
  }
  const { message } = JSON.parse(body);
  if (message?.events && !events.has(message.eventId)) events.set(message.eventId, message.events); // a bulk job's end has none
  response.writeHead(204).end();
});

if (process.argv[1] === import.meta.filename) receiver.listen(8000, "127.0.0.1");
