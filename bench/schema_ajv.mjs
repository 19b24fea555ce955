// ajv 8 on the sets of PORTICO_SUITES/schema-benchmark: JSON.parse and validate, a JSON object a line and set.
// Run by bench/schema, which says where ajv is installed (AJV_HOME).
import { readFileSync, readdirSync, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.AJV_HOME, "package.json"));
const Ajv = require("ajv").default;
const Ajv2020 = require("ajv/dist/2020").default;
const addFormats = require("ajv-formats").default;

const kRounds = 15;
const kRoundNanoseconds = 30e6;
const folder = join(process.env.PORTICO_SUITES, "schema-benchmark");

for (const set of readdirSync(folder).sort()) {
  const instances = join(folder, set, "instances.jsonl");
  if (!existsSync(instances)) continue;
  const schema = JSON.parse(readFileSync(join(folder, set, "schema.json"), "utf8"));
  const modern = String(schema.$schema ?? "").includes("2020-12");
  // A pattern that the grammar with the `u` flag refuses makes ajv throw: then without.
  const compile = (unicodeRegExp) => {
    const ajv = new (modern ? Ajv2020 : Ajv)({ strict: false, logger: false, unicodeRegExp });
    addFormats(ajv);
    return ajv.compile(schema);
  };
  const begin = process.hrtime.bigint();
  let validate;
  try {
    validate = compile(true);
  } catch {
    validate = compile(false);
  }
  const compileMs = Number(process.hrtime.bigint() - begin) / 1e6;
  const lines = readFileSync(instances, "utf8").split("\n").filter((line) => line.length > 0);
  let accepted = 0;
  const pass = () => {
    accepted = 0;
    for (const line of lines) if (validate(JSON.parse(line))) accepted++;
  };
  const rounds = [];
  // More warm-up than the others get: the compiler of JavaScript needs it.
  for (let round = -5; round < kRounds; round++) {
    const start = process.cpuUsage();
    const clock = process.hrtime.bigint();
    let passes = 0;
    do {
      pass();
      passes++;
    } while (Number(process.hrtime.bigint() - clock) < kRoundNanoseconds);
    const used = process.cpuUsage(start);
    const wall = Number(process.hrtime.bigint() - clock);
    // Garbage collection in other threads counts as CPU time; the smaller figure is the kinder one.
    const spent = Math.min((used.user + used.system) * 1e3, wall);
    if (round >= 0) rounds.push(spent / (passes * lines.length));
  }
  rounds.sort((a, b) => a - b);
  console.log(JSON.stringify({
    set, engine: "ajv", documents: lines.length, accepted,
    nanoseconds: rounds[rounds.length >> 1], compile_ms: compileMs,
  }));
}
