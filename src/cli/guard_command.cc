// `portico guard` and `portico up`: the guard in front of a service, in an nginx of its own.
#include <array>
#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/nginx.h"
#include "cli/nginx_process.h"
#include "contract/load.h"
#include "guard/guard.h"
#include "policy/load.h"

namespace portico::cli {
namespace {

namespace fs = std::filesystem;

constexpr Option kUpstream = {"--upstream", "URL", "The service to guard: http://HOST:PORT or https://HOST:PORT"};
constexpr Option kListen = {"--listen", "ADDRESS:PORT", "Where to listen [policy's, or 127.0.0.1:8080]"};
constexpr Option kMode = {"--mode", "MODE", "Refuse what breaks the contract, or only report it [policy's, or block]",
                          "", "block|monitor"};
constexpr Option kEvents = {"--events", "FILE", "Where events go; - is standard output [policy's, or -]"};
constexpr Option kMetrics = {"--metrics", "ADDRESS:PORT", "Serve /metrics for Prometheus here"};
constexpr Option kCertificate = {"--tls-certificate", "FILE", "Certificate chain (PEM): serve HTTPS and HTTP/2"};
constexpr Option kKey = {"--tls-key", "FILE", "Private key (PEM)"};
constexpr Option kWorkers = {"--workers", "N", "Worker processes, or auto: one for each processor", "auto"};
constexpr Option kSharedMemory = {"--shared-memory", "SIZE", "Memory for rate limits and counters", "8m"};
constexpr Option kObjectMemory = {"--object-memory", "SIZE",
                                  "Memory for who was given which ids, where the policy has ownership", "16m"};
constexpr Option kCheck = {"--check", "",
                           "Say what is wrong with policy, contract and nginx's configuration, and start nothing"};
constexpr Option kModule = {"--module", "FILE", "ngx_http_portico_module.so, where it is not found by itself"};

std::string absolute(std::string_view path) {
  return path.empty() || path == "-" ? std::string(path) : fs::absolute(path).lexically_normal().string();
}

// What the user asked for: the command line, then the policy, then defaults.
class Run {
 public:
  Run(const Arguments& arguments, std::string contract, std::string policy)
      : arguments_(arguments), sources_{.policy = std::move(policy), .contract = std::move(contract)} {
    sources_.mode = arguments.text("--mode");
  }

  // Everything that would keep the guard from starting, and as much of it as can be said at once.
  Result<int> check() {
    policy::Policy policy;
    auto problems = sources_.policy.empty() ? std::vector<Error>{} : policy::load(sources_.policy, policy);
    if (!sources_.contract.empty()) policy.contract = sources_.contract;
    if (problems.empty() && !policy.contract.empty()) {
      PORTICO_TRY(const contract::Contract contract, contract::load(policy.contract));
      for (const auto& problem : contract.problems) {
        if (problem.fatal) problems.push_back({ErrorCode::kInvalid, problem.message, problem.place, {}});
      }
      if (problems.empty()) problems = policy::problems_with(policy, contract);
    }
    for (const Error& problem : problems) fail(problem);
    if (!problems.empty()) return kBadInput;
    PORTICO_TRY(RunDirectory directory, RunDirectory::make());
    settings_.run_directory = directory.path();
    PORTICO_CHECK_OK(write_configuration());
    if (run_to_end({settings_.nginx, "-t", "-q", "-p", directory.path(), "-c", configuration(), "-e", "stderr"}) != 0) {
      return fail("nginx does not take the configuration; it says why above");
    }
    say("in order: " + description_);
    return kSuccess;
  }

  Result<int> run() {
    const HeldSignals held;
    PORTICO_TRY(RunDirectory directory, RunDirectory::make());
    settings_.run_directory = directory.path();
    PORTICO_CHECK_OK(write_configuration());
    PORTICO_CHECK_OK(can_listen(settings_.listen.address));
    if (!settings_.metrics.empty()) PORTICO_CHECK_OK(can_listen(settings_.metrics));
    // nginx wants to log somewhere before it has read where.
    const std::vector<std::string> command = {settings_.nginx, "-p", directory.path(), "-c",
                                              configuration(), "-e", "stderr"};
    return run_in_foreground(command, {.is_ready = [&] { return is_ready(); },
                                       .on_ready = [&] { say_ready(); },
                                       .before_reload = [&] { return reload(); }});
  }

 private:
  std::string configuration() const { return settings_.run_directory + "/nginx.conf"; }

  // Reads policy and contract as nginx's module will, so that what is wrong is said before anything starts.
  Result<void> write_configuration() {
    policy::Policy policy;
    if (!sources_.policy.empty()) {
      PORTICO_TRY(policy, policy::load(sources_.policy));
    }
    PORTICO_TRY(const guard::Guard guard, guard::Guard::open(sources_));
    const auto pick = [&](std::string_view option, const std::string& from_policy, std::string_view otherwise) {
      if (arguments_.has(option)) return arguments_.text(option);
      return from_policy.empty() ? std::string(otherwise) : from_policy;
    };
    settings_.upstream = policy.upstream;
    if (arguments_.has("--upstream")) {
      settings_.upstream.servers = {arguments_.text("--upstream")};
      settings_.upstream.backups.clear();
    }
    if (settings_.upstream.servers.empty()) {
      return failure(ErrorCode::kInvalidArgument, "there is no upstream to guard", {},
                     "Name the service with --upstream URL.");
    }
    settings_.listen = policy.listen;
    settings_.listen.address = pick("--listen", policy.listen.address, "127.0.0.1:8080");
    settings_.grpc = guard.takes_grpc();
    settings_.events = absolute(pick("--events", policy.events, "-"));
    settings_.trusted_proxies = policy.trusted_proxies;
    settings_.metrics = arguments_.text("--metrics");
    settings_.workers = arguments_.text("--workers");
    settings_.shared_memory = arguments_.text("--shared-memory");
    settings_.object_memory = arguments_.text("--object-memory");
    if (arguments_.has("--tls-certificate") != arguments_.has("--tls-key")) {
      return failure(ErrorCode::kInvalidArgument, "--tls-certificate and --tls-key go together");
    }
    policy::ListenTls& tls = settings_.listen.tls;
    tls.certificate = absolute(pick("--tls-certificate", tls.certificate, ""));
    tls.key = absolute(pick("--tls-key", tls.key, ""));
    for (std::string* path : {&tls.client_ca, &tls.client_crl, &settings_.upstream.tls.ca,
                              &settings_.upstream.tls.certificate, &settings_.upstream.tls.key}) {
      *path = absolute(*path);
    }
    settings_.policy = absolute(sources_.policy);
    settings_.contract = absolute(sources_.contract);
    settings_.mode = sources_.mode;
    // nginx is not to refuse what the guard only reports.
    settings_.max_request_body =
        guard.always_blocks(guard::RuleId::kRequestBodyTooLarge) ? guard.max_request_body() : 0;
    PORTICO_TRY(settings_.nginx, find_nginx());
    settings_.module = absolute(arguments_.get("--module"));
    if (settings_.module.empty()) {
      PORTICO_TRY(settings_.module, find_module());
    }
    for (const std::string& note : guard.notes()) say("note: " + note);
    description_ = std::string(guard.api()) + " (" + std::to_string(guard.operation_count()) + " operations, " +
                   (guard.blocks() ? "block" : "monitor") + " mode)";
    PORTICO_TRY(const std::string text, nginx_configuration(settings_));
    return write_file(configuration(), text);
  }

  // nginx writes its process id once it listens. A connection alone could be answered by somebody else who took the
  // address in the meantime.
  bool is_ready() const {
    std::error_code ignored;
    return fs::exists(settings_.run_directory + "/nginx.pid", ignored) && accepts_connections(settings_.listen.address);
  }

  bool reload() {
    if (const auto written = write_configuration(); !written) {
      fail(written.error());
      say("still running as before");
      return false;
    }
    say("reloading " + description_);
    return true;
  }

  void say_ready() const {
    const std::string_view scheme = settings_.listen.tls.certificate.empty() ? "http://" : "https://";
    say("guarding " + description_);
    say("listening on " + std::string(scheme) + settings_.listen.address + ", forwarding to " +
        join(settings_.upstream.servers, ", "));
    say("events go to " + (settings_.events == "-" ? "standard output" : settings_.events));
  }

  // Standard output may be carrying events.
  static void say(const std::string& text) { std::fprintf(stderr, "portico: %s\n", text.c_str()); }

  const Arguments& arguments_;
  guard::Sources sources_;
  NginxSettings settings_;
  std::string description_;
};

int run_or_check(const Arguments& arguments, std::string contract, std::string policy) {
  Run run(arguments, std::move(contract), std::move(policy));
  const auto code = arguments.has("--check") ? run.check() : run.run();
  return code ? *code : fail(code.error());
}

int run_guard(const Arguments& arguments) {
  if (arguments.has("--policy-schema")) {
    print(policy::json_schema());
    return kSuccess;
  }
  return run_or_check(arguments, std::string(arguments.positional()), arguments.text("--policy"));
}

int run_up(const Arguments& arguments) {
  return run_or_check(arguments, arguments.text("--contract"), std::string(arguments.positional()));
}

constexpr std::array kGuardPositionals = {
    Positional{"CONTRACT", "The OpenAPI document of the service [policy's]", false}};
constexpr std::array kGuardOptions = {
    kUpstream,
    kListen,
    Option{"--policy", "FILE", "portico.yaml: limits, hosts and what else the owner adds"},
    kMode,
    kEvents,
    kMetrics,
    kCertificate,
    kKey,
    kWorkers,
    kSharedMemory,
    kObjectMemory,
    kModule,
    kCheck,
    Option{"--policy-schema", "", "Print the JSON Schema of portico.yaml"}};

constexpr std::array kUpPositionals = {Positional{"POLICY", "portico.yaml of the project"}};
constexpr std::array kUpOptions = {
    kUpstream,     kListen,       Option{"--contract", "FILE", "Another contract than the policy's"},
    kMode,         kEvents,       kMetrics,
    kCertificate,  kKey,          kWorkers,
    kSharedMemory, kObjectMemory, kModule,
    kCheck};

}  // namespace

const Command kGuardCommand = {
    .name = "guard",
    .summary = "Run the guard in front of a service",
    .description =
        "Forwards to the service what its contract allows and refuses the rest, in both directions. Runs nginx "
        "with Portico's module in the foreground until SIGINT or SIGTERM; SIGHUP reloads contract and policy, "
        "SIGUSR1 reopens the event log.",
    .positionals = kGuardPositionals,
    .options = kGuardOptions,
    .example = "portico guard api.yaml --upstream http://127.0.0.1:9001",
    .run = run_guard,
};

const Command kUpCommand = {
    .name = "up",
    .summary = "Run what a project's portico.yaml describes",
    .description = "Runs the guard as the policy says: its contract, upstream, address, limits and event log.",
    .positionals = kUpPositionals,
    .options = kUpOptions,
    .example = "portico up labs/parcel/portico.yaml",
    .run = run_up,
};

}  // namespace portico::cli
