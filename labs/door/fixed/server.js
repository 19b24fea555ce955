// Back end of the campus card app, repaired: the token says who asks, the door's reader says that the phone is there.
const path = require("node:path");
const express = require("express");
const bearer = require("../../lib/bearer");
const campus = require("../campus.json");
const beacons = require("../beacons.json");

const app = express();
app.use(express.json());

const users = new Map(campus.users.map((user) => [String(user.userId), user]));
const doors = new Map(campus.doors.map((door) => [door.doorId, door]));
const revoked = new Set();

const problem = (res, status, error) => res.status(status).json({ error });

app.get("/.well-known/security.txt", (req, res) => {
  res.type("text/plain").send("Contact: mailto:security@alder.example\nExpires: 2030-01-01T00:00:00Z\n");
});

app.use("/api", bearer(path.join(__dirname, "../tokens.json")), (req, res, next) => {
  if (revoked.has(req.get("Authorization"))) return problem(res, 401, "this token was revoked");
  next();
});

app.get("/api/me", (req, res) => {
  const user = users.get(req.subject);
  res.json({
    name: user.name,
    doors: user.doors.map((doorId) => ({ doorId, name: doors.get(doorId).name })),
  });
});

app.post("/api/doors/:doorId/open", (req, res) => {
  const user = users.get(req.subject);
  const door = doors.get(req.params.doorId);
  if (!door || !user.doors.includes(door.doorId)) return problem(res, 403, "this card does not open the door");
  // A real reader changes its code each minute and sends it no farther than a step.
  if (req.body.beacon !== beacons[door.doorId]) return problem(res, 403, "the code is not the door's");

  res.json({ doorId: door.doorId, openUntil: new Date(Date.now() + 5000).toISOString() });
});

// For a lost phone.
app.delete("/api/me/token", (req, res) => {
  revoked.add(req.get("Authorization"));
  res.status(204).end();
});

app.listen(process.env.PORT, "127.0.0.1");
