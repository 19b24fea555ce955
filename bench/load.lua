-- wrk's script: one request again and again, and what came of it as one line of JSON.
-- wrk ... -s load.lua URL -- METHOD FIELDS-FILE BODY-FILE|- PAUSE
-- FIELDS-FILE has a header field in each two lines: its name, its value. PAUSE is the mean time in milliseconds that a
-- connection rests between two requests; 0: not at all.
function init(args)
  wrk.method = args[1]
  local fields = assert(io.open(args[2], "rb"))
  for name in fields:lines() do wrk.headers[name] = fields:read("*l") end
  fields:close()
  if args[3] ~= "-" then
    local file = assert(io.open(args[3], "rb"))
    wrk.body = file:read("*a")
    file:close()
    wrk.headers["Content-Type"] = "application/json"
  end
  local pause = tonumber(args[4])
  if pause > 0 then
    function delay() return math.random(0, 2 * pause) end
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"requests": %d, "not_2xx": %d, "broken": %d, "seconds": %.6f, "p50_us": %d, "p99_us": %d}\n', summary.requests,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout, summary.duration / 1e6, latency:percentile(50),
    latency:percentile(99)))
end
