// Back end of the campus card app: shows a member's doors and opens them.
const express = require("express");
const campus = require("../campus.json");

const app = express();
app.use(express.json());

const users = new Map(campus.users.map((user) => [user.userId, user]));
const doors = new Map(campus.doors.map((door) => [door.doorId, door]));
const REACH_METRES = 30;

function metresBetween(a, b) {
  const north = (a.latitude - b.latitude) * 111_320;
  const east = (a.longitude - b.longitude) * 111_320 * Math.cos((a.latitude * Math.PI) / 180);
  return Math.hypot(north, east);
}

const problem = (res, status, error) => res.status(status).json({ error });

app.get("/api/users/:userId", (req, res) => {
  const user = users.get(Number(req.params.userId));
  if (!user) return problem(res, 404, "no such user");
  res.json({
    userId: user.userId,
    name: user.name,
    email: user.email,
    doors: user.doors.map((doorId) => doors.get(doorId)),
  });
});

app.post("/api/doors/:doorId/open", (req, res) => {
  const door = doors.get(req.params.doorId);
  if (!door) return problem(res, 404, "no such door");

  const { userId, location } = req.body;
  const user = users.get(userId);
  if (!user) return problem(res, 404, "no such user");
  if (!location || !user.doors.includes(door.doorId)) return problem(res, 403, "this card does not open the door");
  // The phone knows where it is, so nobody opens a door from home.
  if (metresBetween(location, door) > REACH_METRES) return problem(res, 403, "too far from the door");

  res.json({ doorId: door.doorId, openedFor: user.name, openUntil: new Date(Date.now() + 5000).toISOString() });
});

app.listen(process.env.PORT, "127.0.0.1");
