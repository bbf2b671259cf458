// The receiver with Express, with a probe: node probe_express.mjs
import { app, events } from "./with_express.mjs";

app.get("/probe", (request, response) => response.json([...events.values()]));

const server = app.listen(process.env.PORT ?? 8000, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}/callbacks`);
});
