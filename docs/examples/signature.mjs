import { createHmac, timingSafeEqual } from "node:crypto";

/** body: a Buffer, as it came (in Express: express.raw({ type: "application/json" })). */
export function isSigned(body, key, header) {
  const expected = Buffer.from("sha256=" + createHmac("sha256", key).update(body).digest("base64"));
  const given = Buffer.from(header ?? "");
  return given.length === expected.length && timingSafeEqual(given, expected);
}
