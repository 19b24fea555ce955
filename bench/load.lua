-- wrk's script: one request again and again, and what came of it as one line of JSON.
-- wrk ... -s load.lua URL -- METHOD [BODY-FILE]
function init(args)
  wrk.method = args[1]
  if args[2] then
    local file = assert(io.open(args[2], "rb"))
    wrk.body = file:read("*a")
    file:close()
    wrk.headers["Content-Type"] = "application/json"
  end
end

function done(summary)
  local errors = summary.errors
  io.write(string.format('{"requests": %d, "not_2xx": %d, "broken": %d, "seconds": %.6f}\n', summary.requests,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout, summary.duration / 1e6))
end
