// Build service, repaired: a log is for its repository's members, holds no secret, and is gone after ninety days.
const fs = require("node:fs");
const path = require("node:path");
const { randomUUID } = require("node:crypto");
const express = require("express");
const bearer = require("../../lib/bearer");

// The archive gets ids that cannot be counted through, like everything new.
const jobs = new Map(require("../jobs.json").map((job) => [randomUUID(), job]));

const app = express();
app.use(express.json());

const LOGS = process.env.LAB_HOME;
const KEPT_MILLISECONDS = 90 * 24 * 3600 * 1000;

// Formats that issuers publish so that they can be found, and what stands where a password stands in an address.
const CREDENTIALS = new RegExp(
  [
    "gh[pousr]_[A-Za-z0-9]{36}",
    "npm_[A-Za-z0-9]{36}",
    "dckr_pat_[A-Za-z0-9_-]{27}",
    "(?:AKIA|ASIA)[A-Z2-7]{16}",
    "(?<=://[^/\\s:@]*:)[^/\\s@]+(?=@)",
  ].join("|"),
  "g",
);

const problem = (res, status, error) => res.status(status).json({ error });

// Values are masked before the log is written: what is not there cannot be read later.
function mask(log, secrets) {
  const known = secrets.filter((secret) => secret.length > 3);
  return known.reduce((text, secret) => text.replaceAll(secret, "[secure]"), log).replace(CREDENTIALS, "[secure]");
}

const visible = (jobId, { repository, finishedAt }) => ({ jobId, repository, finishedAt });

app.use("/v3", bearer(path.join(__dirname, "../tokens.json")));

app.use("/v3/jobs/:jobId", (req, res, next) => {
  req.job = jobs.get(req.params.jobId);
  if (req.job?.repository !== req.subject) return problem(res, 404, "no such job");
  next();
});

app.post("/v3/jobs", (req, res) => {
  const { repository, variables } = req.body;
  if (repository !== req.subject) return problem(res, 403, "not your repository");
  const jobId = randomUUID();
  const log = [
    `$ git clone --depth=50 https://code.example/${repository}.git`,
    "$ env | sort",
    ...Object.entries(variables).sort().map(([name, value]) => `${name}=${value}`),
    "Done. Your build exited with 0.",
  ];
  fs.writeFileSync(path.join(LOGS, `${jobId}.log`), mask(log.join("\n") + "\n", Object.values(variables)));
  jobs.set(jobId, { repository, finishedAt: new Date().toISOString() });
  res.status(201).json(visible(jobId, jobs.get(jobId)));
});

app.get("/v3/jobs/:jobId", (req, res) => res.json(visible(req.params.jobId, req.job)));

app.get("/v3/jobs/:jobId/log.txt", (req, res) => {
  if (Date.now() - Date.parse(req.job.finishedAt) > KEPT_MILLISECONDS) return problem(res, 410, "deleted by age");
  res.type("text/plain").send(fs.readFileSync(path.join(LOGS, `${req.params.jobId}.log`), "utf8"));
});

app.listen(process.env.PORT, "127.0.0.1");
