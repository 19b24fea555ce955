// Management interface of a load balancer, repaired: nothing answers before the sign-in, diagnosis is a list of probes.
const { execFile } = require("node:child_process");
const path = require("node:path");
const express = require("express");
const bearer = require("../../lib/bearer");
const pools = require("../pools.json");

const app = express();
app.use(express.json());

const problem = (res, code, message) => res.status(code).json({ code, message });

const PROBES = {
  uptime: ["uptime", ["--pretty"]],
  kernel: ["uname", ["-sr"]],
};

app.use("/mgmt/tm", bearer(path.join(__dirname, "tokens.json")));

app.post("/mgmt/tm/util/probes/:probe", (req, res) => {
  if (!Object.hasOwn(PROBES, req.params.probe)) return problem(res, 404, "no such probe");
  const [program, args] = PROBES[req.params.probe];
  execFile(program, args, { timeout: 5000 }, (error, stdout) => {
    if (error) return problem(res, 500, "the probe failed");
    res.json({ probe: req.params.probe, result: stdout.trim() });
  });
});

app.get("/mgmt/tm/ltm/pool", (req, res) => {
  res.json({ items: Object.entries(pools).map(([name, { monitor }]) => ({ name, monitor })) });
});

app.get("/mgmt/tm/ltm/pool/:pool/members", (req, res) => {
  const pool = pools[req.params.pool];
  if (!pool) return problem(res, 404, "no such pool");
  res.json({ items: pool.members });
});

app.patch("/mgmt/tm/ltm/pool/:pool/members/:member", (req, res) => {
  const member = pools[req.params.pool]?.members.find((each) => each.name === req.params.member);
  if (!member) return problem(res, 404, "no such member");
  if (!["up", "down"].includes(req.body.state)) return problem(res, 400, "the state is up or down");
  member.state = req.body.state;
  res.json(member);
});

app.listen(process.env.PORT, "127.0.0.1");
