// A receiver with Express
import express from "express";
import { isSigned } from "../signature.mjs";

const KEY = process.env.CALLBACK_SIGNATURE_KEY ?? "a-key-of-your-own";

export const events = new Map(); // a table of yours, by eventId

export const app = express();

// the bytes as they came, and more of them than the 100 KB that Express takes by itself
app.post("/callbacks", express.raw({ type: "application/json", limit: "8mb" }), (request, response) => {
  if (!isSigned(request.body, KEY, request.get("Elements-Webhook-Signature"))) return response.sendStatus(401);
  const { message } = JSON.parse(request.body);
  if (message?.events && !events.has(message.eventId)) events.set(message.eventId, message.events); // what comes again is done once
  response.sendStatus(204);
});
