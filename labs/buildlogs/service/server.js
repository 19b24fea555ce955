// Build service: start a job, follow it, read its log.
const fs = require("node:fs");
const path = require("node:path");
const express = require("express");
const bearer = require("../../lib/bearer");
const jobs = new Map(require("../jobs.json").map((job) => [job.jobId, job]));

const app = express();
app.use(express.json());

const ARCHIVE = path.join(__dirname, "../logs");
const RECENT = process.env.LAB_HOME;

const problem = (res, status, error) => res.status(status).json({ error });

// Nobody wants passwords in a public log.
function mask(log) {
  return log.replace(/(password|token|secret)=\S+/gi, "$1=[secure]");
}

function readLog(jobId) {
  const file = [RECENT, ARCHIVE].map((folder) => path.join(folder, `${jobId}.log`)).find(fs.existsSync);
  return file && mask(fs.readFileSync(file, "utf8"));
}

function visible({ jobId, repository, finishedAt }) {
  return { jobId, repository, finishedAt };
}

app.post("/v3/jobs", bearer(path.join(__dirname, "../tokens.json")), (req, res) => {
  const { repository, variables } = req.body;
  if (repository !== req.subject) return problem(res, 403, "not your repository");
  const jobId = Math.max(...jobs.keys()) + 1;
  const log = [
    `$ git clone --depth=50 https://code.example/${repository}.git`,
    "$ env | sort",
    ...Object.entries(variables).sort().map(([name, value]) => `${name}=${value}`),
    "Done. Your build exited with 0.",
  ];
  fs.writeFileSync(path.join(RECENT, `${jobId}.log`), log.join("\n") + "\n");
  jobs.set(jobId, { jobId, repository, public: true, finishedAt: new Date().toISOString() });
  res.status(201).json(visible(jobs.get(jobId)));
});

app.get("/v3/jobs/:jobId", (req, res) => {
  const job = jobs.get(Number(req.params.jobId));
  if (!job?.public) return problem(res, 404, "no such job");
  res.json(visible(job));
});

app.get("/v3/jobs/:jobId/log.txt", (req, res) => {
  const job = jobs.get(Number(req.params.jobId));
  if (!job?.public) return problem(res, 404, "no such job");
  res.type("text/plain").send(readLog(job.jobId));
});

// The former address of every log; links in old mails and badges still lead here.
app.get("/logs/:number", (req, res) => {
  const log = readLog(Number(req.params.number));
  if (!log) return problem(res, 404, "no such log");
  res.type("text/plain").send(log);
});

app.listen(process.env.PORT, "127.0.0.1");
