// `portico serve`: the work that the guard's workers must not wait for.
#include <signal.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <mutex>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/nginx_process.h"
#include "cli/state_path.h"
#include "policy/load.h"
#include "serve/block_expiry.h"
#include "serve/key_refresh.h"
#include "serve/list_watch.h"
#include "state/writer.h"

namespace portico::cli {
namespace {

constexpr std::array kOptions = {
    Option{"--policy", "FILE", "portico.yaml of the guard that is served", "portico.yaml"},
    Option{"--authorities", "FILE", "Certificates (PEM) of who vouches for issuers' servers [the system's]"},
    Option{"--min-refresh", "TIME", "Fetch keys not more often, whatever their server says", "30s"},
    Option{"--max-refresh", "TIME", "Fetch keys not less often", "1h"},
};

// Standard error, a line at a time.
void say(const std::string& text) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  std::fprintf(stderr, "portico: %s\n", text.c_str());
}

Result<std::int64_t> duration_of(const Arguments& arguments, std::string_view option) {
  if (const auto ns = parse_duration(arguments.get(option))) return *ns;
  return failure(ErrorCode::kInvalidArgument, std::string(option) + " is no duration", {}, "Examples: 30s, 5m, 1h");
}

Result<serve::RefreshTimes> times_of(const Arguments& arguments) {
  serve::RefreshTimes times;
  PORTICO_TRY(times.least_ns, duration_of(arguments, "--min-refresh"));
  PORTICO_TRY(times.most_ns, duration_of(arguments, "--max-refresh"));
  if (times.least_ns > times.most_ns) {
    return failure(ErrorCode::kInvalidArgument, "--min-refresh is more than --max-refresh");
  }
  return times;
}

// Where keys are to be fetched from, each once.
Result<std::vector<serve::KeySource>> key_sources(const policy::Policy& policy) {
  std::vector<serve::KeySource> sources;
  for (const policy::TokenIssuer& issuer : policy.identity.tokens) {
    if (!issuer.fetches_keys) continue;
    const auto is_known = [&](const serve::KeySource& source) { return source.url == issuer.keys; };
    if (std::ranges::any_of(sources, is_known)) continue;
    if (auto good = serve::check_source(issuer.keys); !good) {
      good.error().place = issuer.place;
      return std::unexpected(std::move(good).error());
    }
    sources.push_back({.url = issuer.keys, .algorithms = {}});
  }
  return sources;
}

Result<std::vector<std::unique_ptr<serve::Task>>> make_tasks(const Arguments& arguments) {
  PORTICO_TRY(const policy::Policy policy, policy::load(arguments.text("--policy")));
  if (policy.state.empty()) {
    return failure(ErrorCode::kInvalidArgument, "the policy names no state file",
                   Place{.file = arguments.text("--policy")},
                   "Add a line such as \"state: /var/lib/portico/orders.state\", and reload the guard.");
  }
  PORTICO_TRY(const serve::RefreshTimes times, times_of(arguments));
  PORTICO_TRY(const auto sources, key_sources(policy));
  // What is wrong with the file is told now, and once.
  PORTICO_TRY(const state::Writer writer, state::Writer::open(policy.state));
  const serve::FetchLimits limits{.authorities = arguments.text("--authorities")};
  std::vector<std::unique_ptr<serve::Task>> tasks;
  tasks.push_back(std::make_unique<serve::BlockExpiry>(policy.state, say));
  for (const serve::KeySource& source : sources) {
    tasks.push_back(std::make_unique<serve::KeyRefresh>(source, policy.state, limits, times, say));
  }
  const address::ListSources allow{policy.addresses.allow, policy.addresses.allow_files};
  const address::ListSources deny{policy.addresses.deny, policy.addresses.deny_files};
  if (!allow.files.empty() || !deny.files.empty()) {
    tasks.push_back(std::make_unique<serve::ListWatch>(allow, deny, policy.state, say));
  }
  say("serving " + policy.state + ": " + std::to_string(sources.size()) + " key sets to keep fresh");
  return tasks;
}

// SIGHUP reads the policy anew; what is wrong with it leaves the tasks as they are.
Result<int> run(const Arguments& arguments) {
  const HeldSignals held;
  PORTICO_TRY(auto tasks, make_tasks(arguments));
  auto running = std::make_unique<serve::Tasks>(std::move(tasks));
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) ::sigaddset(&signals, signal);
  for (;;) {
    int signal = 0;
    if (::sigwait(&signals, &signal) != 0 || signal != SIGHUP) return kSuccess;
    auto anew = make_tasks(arguments);
    if (!anew) {
      fail(anew.error());
      say("still working as before");
      continue;
    }
    running.reset();
    running = std::make_unique<serve::Tasks>(*std::move(anew));
  }
}

int run_serve(const Arguments& arguments) {
  const auto code = run(arguments);
  return code ? *code : fail(code.error());
}

}  // namespace

const Command kServeCommand = {
    .name = "serve",
    .summary = "Keep keys, blocks and lists of a guard fresh",
    .description =
        "Does what the guard's workers must not wait for, and hands it to them through the policy's state file, "
        "without a "
        "reload: fetches the key sets of issuers over HTTPS (as often as their servers say, keeping the last good set "
        "when "
        "one cannot be had), compiles lists of addresses when their files change, and clears blocks that have ended. "
        "Runs in "
        "the foreground until SIGINT or SIGTERM; SIGHUP reads the policy anew.",
    .positionals = {},
    .options = kOptions,
    .example = "portico serve --policy portico.yaml",
    .run = run_serve,
};

}  // namespace portico::cli
