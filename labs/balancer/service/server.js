// Management interface of a load balancer: pools, their members, and help for the support desk.
const { exec } = require("node:child_process");
const express = require("express");
const pools = require("../pools.json");

const app = express();
app.use(express.json());

const problem = (res, code, message) => res.status(code).json({ code, message });

// For diagnosis: the support desk asks for the output of a command. On by default, so that it is there when needed.
app.post("/mgmt/tm/util/bash", (req, res) => {
  const { command, utilCmdArgs } = req.body;
  if (command !== "run") return problem(res, 400, "the command is run");
  exec(`bash ${utilCmdArgs}`, { cwd: process.env.LAB_HOME, timeout: 5000 }, (error, stdout, stderr) => {
    res.json({ command, utilCmdArgs, commandResult: stdout + stderr });
  });
});

app.use((req, res, next) => {
  const expected = Buffer.from("admin:quarry-wagon-61").toString("base64");
  if (req.get("Authorization") !== `Basic ${expected}`) {
    return res.set("WWW-Authenticate", "Basic").status(401).json({ code: 401, message: "sign in first" });
  }
  next();
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
