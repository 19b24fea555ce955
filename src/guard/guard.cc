#include "guard/guard.h"

#include <algorithm>

#include "base/text.h"
#include "contract/routes.h"
#include "guard/authority.h"
#include "guard/body.h"
#include "guard/credentials.h"
#include "guard/injection_check.h"
#include "guard/inspection.h"
#include "guard/limit_check.h"
#include "guard/limits.h"
#include "guard/modes.h"
#include "guard/origin.h"
#include "guard/ownership.h"
#include "guard/reading.h"
#include "guard/request.h"
#include "guard/rule_check.h"
#include "guard/sources.h"
#include "guard/worker.h"
#include "http/target.h"
#include "identity/identity.h"
#include "json/tape_text.h"
#include "json/writer.h"
#include "policy/load.h"
#include "policy/operations.h"

namespace portico::guard {

struct Guard::State {
  policy::Policy policy;
  contract::Contract contract;
  contract::Routes routes;
  std::unique_ptr<const Authority> authority;  // the plans point to it
  std::vector<OperationPlan> plans;
  ModeTable modes;                // of requests that are no operation's
  std::vector<LimitPlan> limits;  // of the same
  Origin origin;
  BrowserRules browser;
  VersionCheck version;
  FieldsPlan fields;  // of answers to requests that are no operation's
  std::vector<std::string> notes;

  const OperationPlan& plan_of(const contract::Operation& operation) const {
    return plans[static_cast<std::size_t>(&operation - contract.operations.data())];
  }
};

namespace {

// "example.com:8443" and "[::1]:80" without the port.
std::string_view without_port(std::string_view host) {
  const auto colon = host.rfind(':');
  if (colon == std::string_view::npos || host.find(']', colon) != std::string_view::npos) return host;
  return host.substr(0, colon);
}

bool host_is_served(const std::vector<std::string>& hosts, std::string_view host) {
  return hosts.empty() || std::ranges::any_of(hosts, [&](const std::string& served) {
           return equal_ignoring_case(served, host) || equal_ignoring_case(served, without_port(host));
         });
}

void start_limits(Transaction& transaction, const Shared& shared, const std::vector<LimitPlan>& plans,
                  std::int64_t now_ns) {
  transaction.limits.table = plans.empty() ? nullptr : shared.limits;
  transaction.limits.plans = &plans;
  transaction.limits.now_ns = now_ns;
}

// The limits of a phase, by what is known of the request then.
Decision take_limits(Worker& worker, const Judge& judge, Transaction& transaction, LimitPhase phase, LimitFacts facts) {
  if (transaction.limits.table == nullptr) return {};
  LimitCheck check(worker.state(), transaction.limits);
  if (!check.has(phase)) return {};
  if (judge.ignores(RuleId::kRequestLimitExceeded, RuleId::kRequestCallerLocked, RuleId::kRequestEnumeration))
    return {};
  facts.transaction = &transaction;
  facts.client = transaction.client;
  if (const identity::Identity* caller = transaction.identity; caller != nullptr) {
    facts.issuer = caller->issuer;
    facts.subject = caller->subject;
    facts.credential = {reinterpret_cast<const char*>(caller->digest.data()), caller->digest.size()};
  }
  return judge(check.take(phase, facts));
}

// Of answers to requests that are no operation's.
FieldsPlan make_fields(const policy::Policy& policy, const BrowserRules& browser) {
  FieldsPlan fields;
  add_default_fields(fields, policy.headers, false);
  browser.add_fields(fields);
  add_policy_fields(fields, policy.headers.global);
  for (const policy::FieldRules& rules : policy.headers.rules) {
    if (rules.operations.empty() || policy::selects_all(rules.operations)) add_policy_fields(fields, rules);
  }
  return fields;
}

// Operations of which nobody has said who may call them.
void note_callers(const std::vector<OperationPlan>& plans, std::vector<std::string>& notes) {
  std::vector<std::string> closed;
  std::vector<std::string> open;
  for (const OperationPlan& plan : plans) {
    if (plan.credentials.asks() || plan.credentials.anonymous) continue;
    (plan.credentials.closed ? closed : open).push_back(printable(plan.operation->id));
  }
  if (!closed.empty()) {
    notes.push_back("nobody may use " + join(closed, ", ") +
                    ": neither the contract (security) nor the policy (anonymous) says who may");
  }
  if (!open.empty()) {
    notes.push_back("anybody may use " + join(open, ", ") +
                    ": the contract has no security for them; with a policy they would be closed");
  }
}

}  // namespace

Worker::Worker() : state_(std::make_unique<State>()) {}
Worker::~Worker() = default;
Worker::Worker(Worker&&) noexcept = default;
Worker& Worker::operator=(Worker&&) noexcept = default;

Guard::Guard(std::unique_ptr<State> state) : state_(std::move(state)) {}
Guard::Guard(Guard&&) noexcept = default;
Guard& Guard::operator=(Guard&&) noexcept = default;
Guard::~Guard() = default;

Result<Guard> Guard::open(const Sources& sources) {
  PORTICO_TRY(policy::Policy policy, load_policy(sources));
  PORTICO_TRY(contract::Contract contract, load_contract(policy.contract));
  PORTICO_CHECK_OK(policy::check(policy, contract));
  if (auto problems = check_mode_rules(policy); !problems.empty()) return std::unexpected(std::move(problems.front()));
  std::vector<std::string> notes;
  PORTICO_TRY(Authority made, Authority::make(contract, policy, notes));
  auto authority = std::make_unique<const Authority>(std::move(made));
  PORTICO_TRY(std::vector<OperationPlan> plans, make_plans(contract, policy, *authority, notes));
  note_callers(plans, notes);
  if (auto problems = check_limits(contract, policy, plans); !problems.empty()) {
    return std::unexpected(std::move(problems.front()));
  }
  if (auto problems = check_ownership(contract, policy); !problems.empty()) {
    return std::unexpected(std::move(problems.front()));
  }
  std::vector<LimitPlan> limits = make_limits(contract, policy, nullptr, nullptr);
  PORTICO_TRY(Origin origin, Origin::make(policy));
  // The plans and the routes point to the contract's operations, which stay where they are when the vector moves.
  contract::Routes routes(contract);
  const ModeTable modes = make_modes(policy, contract, nullptr);
  BrowserRules browser(policy);
  VersionCheck version(policy.lifecycle.version, contract.api_version);
  FieldsPlan fields = make_fields(policy, browser);
  return Guard(std::unique_ptr<State>(new State{.policy = std::move(policy),
                                                .contract = std::move(contract),
                                                .routes = std::move(routes),
                                                .authority = std::move(authority),
                                                .plans = std::move(plans),
                                                .modes = modes,
                                                .limits = std::move(limits),
                                                .origin = std::move(origin),
                                                .browser = std::move(browser),
                                                .version = std::move(version),
                                                .fields = std::move(fields),
                                                .notes = std::move(notes)}));
}

Judge Guard::judge(Worker& worker, const Transaction& transaction) const {
  return {transaction.plan == nullptr ? state_->modes : transaction.plan->modes, worker.reports()};
}

Decision Guard::find_operation(Worker& worker, const Shared& shared, Transaction& transaction, const RequestHead& head,
                               const http::Target& target, contract::Match& match) const {
  const Judge judge(state_->modes, worker.reports());
  if (Decision decision = judge(check_reading(head, target)); !decision.allowed()) return decision;
  if (!host_is_served(state_->policy.hosts, head.host)) {
    Decision decision = judge(refuse(RuleId::kRequestHostUnknown, "header/host"));
    if (!decision.allowed()) return decision;
  }
  if (Decision decision = judge(state_->origin.check(worker.state(), shared, head, transaction.client));
      !decision.allowed()) {
    return decision;
  }
  if (state_->browser.has_cors() && head.method == "OPTIONS") {
    const BrowserFields fields = browser_fields(head);
    if (fields.is_preflight) return check_preflight(worker, transaction, head, fields, target.path);
  }
  using Outcome = contract::Match::Outcome;
  match = state_->routes.match(head.method, target.path);
  transaction.is_head = head.method == "HEAD";
  // A server that answers GET answers HEAD (RFC 9110, section 9.3.2), whether or not the contract says so.
  if (match.outcome == Outcome::kNoMethod && transaction.is_head) match = state_->routes.match("GET", target.path);
  if (match.outcome != Outcome::kFound) {
    start_limits(transaction, shared, state_->limits, head.now_ns);
    if (Decision decision = take_limits(worker, judge, transaction, LimitPhase::kAddress, {.path = target.path});
        !decision.allowed()) {
      return decision;
    }
  }
  // No mode lets these through.
  const bool never_served = head.method == "TRACE" || head.method == "CONNECT";
  if (match.outcome == Outcome::kNoPath && !never_served) return judge(refuse(RuleId::kRequestPathUnknown, "path"));
  if (match.outcome != Outcome::kFound) {
    Decision decision = refuse(RuleId::kRequestMethodUndeclared, "method");
    decision.allow = state_->routes.allowed_methods(match.path_index);
    return never_served ? decision : judge(std::move(decision));
  }
  if (match.resembles_other) {
    Decision decision =
        judge(refuse(RuleId::kRequestTargetAmbiguous, "path", "resembles another path of the contract"));
    if (!decision.allowed()) return decision;
  }
  transaction.plan = &state_->plan_of(*match.operation);
  return {};
}

Decision Guard::check_preflight(Worker& worker, Transaction& transaction, const RequestHead& head,
                                const BrowserFields& fields, std::string_view path) const {
  using Outcome = contract::Match::Outcome;
  const Judge any(state_->modes, worker.reports());
  auto match = state_->routes.match(fields.requested_method, path);
  if (match.outcome == Outcome::kNoMethod && fields.requested_method == "HEAD") {
    match = state_->routes.match("GET", path);
  }
  if (match.outcome == Outcome::kNoPath) return any(refuse(RuleId::kRequestPathUnknown, "path"));
  if (match.outcome == Outcome::kNoMethod) {
    Decision decision = refuse(RuleId::kRequestMethodUndeclared, "header/access-control-request-method");
    decision.allow = state_->routes.allowed_methods(match.path_index);
    return any(std::move(decision));
  }
  const OperationPlan& plan = state_->plan_of(*match.operation);
  const Judge judge(plan.modes, worker.reports());
  // Who only watches lets the service answer.
  if (!judge.blocks(RuleId::kRequestOriginUnknown)) return {};
  if (Decision decision = state_->browser.check_origin(plan.browser, head, fields, transaction.allowed_origin);
      !decision.allowed()) {
    return decision;
  }
  if (Decision decision = BrowserRules::check_requested_headers(plan.browser, fields); !decision.allowed()) {
    return decision;
  }
  if (head.has_body) return judge(refuse(RuleId::kRequestBodyUndeclared, "body"));
  transaction.plan = &plan;
  transaction.path_index = match.path_index;
  transaction.preflight = true;
  return {};
}

// Whether the operation still lives, in the version that is meant, and for this caller's page.
Decision Guard::check_callers_wishes(Worker& worker, Transaction& transaction, const RequestHead& head) const {
  const OperationPlan& plan = *transaction.plan;
  const Judge judge(plan.modes, worker.reports());
  if (head.wall_us / 1'000'000 >= plan.lifecycle.sunset) {
    if (Decision decision = judge(refuse(RuleId::kRequestOperationRetired)); !decision.allowed()) return decision;
  }
  if (Decision decision = judge(state_->version(head)); !decision.allowed()) return decision;
  if (!state_->browser.has_cors() && plan.browser.csrf == BrowserPlan::Csrf::kNever) return {};
  const BrowserFields fields = browser_fields(head);
  if (Decision decision = judge(state_->browser.check_origin(plan.browser, head, fields, transaction.allowed_origin));
      !decision.allowed()) {
    return decision;
  }
  return judge(state_->browser.check_site(plan.browser, head, fields));
}

std::span<const FieldChange> Guard::answer_fields(Worker& worker, const Transaction& transaction, std::uint16_t status,
                                                  std::string_view content_type) const {
  auto& changes = worker.state().changes;
  changes.clear();
  if (!blocks() || state_->policy.only_reports) return {};
  const OperationPlan* plan = transaction.plan;
  const FieldsPlan& fields = plan == nullptr ? state_->fields : plan->fields;
  fields.collect(status, transaction.tls, is_page(content_type), changes);
  state_->browser.append_changes(plan == nullptr ? nullptr : &plan->browser, transaction.allowed_origin, changes);
  if (transaction.preflight) {
    state_->browser.append_preflight(plan->browser, state_->routes.allowed_methods(transaction.path_index), changes);
  }
  append_limit_changes(worker, transaction);
  append_sealed_fields(worker, transaction);
  return changes;
}

// draft-ietf-httpapi-ratelimit-headers
void Guard::append_limit_changes(Worker& worker, const Transaction& transaction) const {
  if (transaction.limits.shown_count == 0) return;
  Worker::State& state = worker.state();
  state.limit_policy.clear();
  state.limit_state.clear();
  append_limit_fields(transaction.limits, state.limit_policy, state.limit_state);
  state.changes.push_back(
      {.action = FieldChange::Action::kSet, .name = "RateLimit-Policy", .value = state.limit_policy, .brief = true});
  state.changes.push_back(
      {.action = FieldChange::Action::kSet, .name = "RateLimit", .value = state.limit_state, .brief = true});
}

Decision Guard::check_request_head(Worker& worker, const Shared& shared, Transaction& transaction,
                                   const RequestHead& received) const {
  RequestHead head = received;  // as the service sees it
  worker.state().seals.forwarded = {};
  transaction.client = address::from_bytes(head.address);
  transaction.host = head.host;
  http::Target target = http::split_target(head.target);
  transaction.tls = head.tls;
  contract::Match match;
  if (Decision decision = find_operation(worker, shared, transaction, head, target, match); !decision.allowed()) {
    return decision;
  }
  if (transaction.plan == nullptr || transaction.preflight) return {};
  if (Decision decision = check_callers_wishes(worker, transaction, head); !decision.allowed()) return decision;
  const OperationPlan& plan = *transaction.plan;
  if (plan.inspection != nullptr) transaction.bearer = bearer_of(head.headers);
  const Judge judge(plan.modes, worker.reports());
  start_limits(transaction, shared, plan.limits, head.now_ns);
  const auto facts_now = [&] {
    return LimitFacts{.path = target.path,
                      .arguments = std::span(match.arguments).first(match.argument_count),
                      .headers = head.headers};
  };
  LimitFacts facts = facts_now();
  if (Decision decision = take_limits(worker, judge, transaction, LimitPhase::kAddress, facts); !decision.allowed()) {
    return decision;
  }
  const auto begin_inputs = [&] { transaction.inputs->begin(*plan.rules, head, transaction.client, target.path); };
  if (plan.rules != nullptr) {
    transaction.inputs = worker.state().rule_inputs.take();
    begin_inputs();
  }
  RequestCheck check(worker.state(), judge, plan, head, state_->policy.requests.allow_undeclared_query,
                     transaction.inputs);
  if (Decision decision = check.fields(); !decision.allowed()) return decision;
  if (Decision decision = check.split(target.query); !decision.allowed()) return decision;
  CredentialCheck credentials(worker.state(), judge, plan, head, shared, check.authorization());
  if (Decision decision = credentials.decide(transaction); !decision.allowed()) return decision;
  if (Decision decision = take_limits(worker, judge, transaction, LimitPhase::kCaller, facts); !decision.allowed()) {
    return decision;
  }
  if (plan.seal != nullptr) {
    set_holder(worker.state().seals, transaction, plan.credentials.asks(), received.headers, worker.state().query,
               worker.state().cookies, state_->contract.schemes);
    if (Decision decision = judge(open_head(worker, judge, transaction, head, match)); !decision.allowed()) {
      return decision;
    }
    target = http::split_target(head.target);
    if (Decision decision = check.split(target.query); !decision.allowed()) return decision;
    if (transaction.inputs != nullptr) begin_inputs();
    facts = facts_now();
  }
  start_ownership(worker.state(), shared, head, transaction);
  if (Decision decision = check.parameters({match.arguments.data(), match.argument_count}, transaction);
      !decision.allowed()) {
    return decision;
  }
  if (Decision decision = take_limits(worker, judge, transaction, LimitPhase::kParameters, facts);
      !decision.allowed()) {
    return decision;
  }
  if (Decision decision = check_parameter_ids(worker.state(), judge, head, transaction); !decision.allowed()) {
    return decision;
  }
  const auto rules = [&](RulePhase phase) { return check_rules(worker.state(), judge, transaction, phase, nullptr); };
  if (Decision decision = rules(RulePhase::kRequestHead); !decision.allowed()) return decision;
  Decision decision = judge(check.body_head(transaction));
  if (!decision.allowed()) return decision;
  const bool others_read_body =
      (plan.rules != nullptr && plan.rules->has(RulePhase::kRequestBody)) ||
      (plan.ownership != nullptr && plan.ownership->reads_body()) ||
      std::ranges::any_of(plan.limits, [](const LimitPlan& limit) { return limit.phase == LimitPhase::kBody; });
  if (!others_read_body && plan.seal == nullptr &&
      judge.ignores(RuleId::kRequestBodyMalformed, RuleId::kRequestBodyInvalid, RuleId::kRequestContentCoding,
                    RuleId::kRequestBodyTooLarge, RuleId::kRequestBodyMissing)) {
    transaction.request_media = nullptr;
  }
  // A body that nobody will read is none.
  if (needs_request_body(transaction)) return {};
  if (decision = take_limits(worker, judge, transaction, LimitPhase::kBody, facts); !decision.allowed())
    return decision;
  return rules(RulePhase::kRequestBody);
}

bool Guard::needs_request_body(const Transaction& transaction) const {
  return transaction.request_has_body && transaction.request_media != nullptr &&
         (transaction.request_kind != BodyKind::kOpaque || transaction.request_coding != Coding::kIdentity);
}

Decision Guard::check_request_body(Worker& worker, Transaction& transaction, std::string_view body) const {
  Repaired ignored;
  return check_request_body(worker, transaction, body, ignored);
}

Decision Guard::check_request_body(Worker& worker, Transaction& transaction, std::string_view body,
                                   Repaired& forwarded) const {
  forwarded = {.body = body};
  if (transaction.request_media == nullptr) return {};
  const Judge judge = this->judge(worker, transaction);
  // Chunked coding tells that there is a body only by its end.
  if (body.empty()) {
    Decision decision;
    if (transaction.plan->body_required) decision = judge(refuse(RuleId::kRequestBodyMissing, "body"));
    if (decision.allowed()) decision = take_limits(worker, judge, transaction, LimitPhase::kBody, {});
    if (!decision.allowed()) return decision;
    return check_rules(worker.state(), judge, transaction, RulePhase::kRequestBody, nullptr);
  }
  const BodyHead head{transaction.request_media, transaction.request_kind, transaction.request_boundary};
  if (transaction.plan->seal != nullptr) {
    if (Decision decision = judge(open_body(worker, judge, head, transaction, forwarded)); !decision.allowed()) {
      return decision;
    }
  }
  worker.state().value = {};
  const Coding coding = forwarded.changed ? Coding::kIdentity : transaction.request_coding;
  Decision decision = check_body(worker.state(), head, coding, forwarded.body, max_request_body(),
                                 {.malformed = RuleId::kRequestBodyMalformed,
                                  .invalid = RuleId::kRequestBodyInvalid,
                                  .too_large = RuleId::kRequestBodyTooLarge,
                                  .coding = RuleId::kRequestContentCoding});
  // What was let pass although it is no document is not the one that was read before.
  const bool is_read = decision.allowed() || decision.rule == RuleId::kRequestBodyInvalid;
  const json::TapeView tape = is_read ? body_tape(worker.state(), transaction.request_kind) : json::TapeView{};
  decision = judge(std::move(decision));
  if (!decision.allowed()) return decision;
  if (const InjectionPlan* plan = transaction.plan->injection.get()) {
    decision =
        check_injection(worker.state(), *plan, judge, head.media->place, worker.state().value, "body", {}, false);
    if (!decision.allowed()) return decision;
  }
  decision = take_limits(worker, judge, transaction, LimitPhase::kBody, {.body = tape});
  if (!decision.allowed()) return decision;
  decision = check_body_ids(worker.state(), judge, transaction, tape.count == 0 ? nullptr : &tape);
  if (!decision.allowed()) return decision;
  return check_rules(worker.state(), judge, transaction, RulePhase::kRequestBody, &worker.state().value);
}

bool Guard::rewrite_request_body(Worker& worker, const Transaction& transaction, std::string& out) const {
  const json::TapeView& value = worker.state().value;
  if (!state_->policy.requests.canonical || transaction.request_kind != BodyKind::kJson || value.words == nullptr) {
    return false;
  }
  out.clear();
  json::append_json(out, value);
  return true;
}

void Guard::finish(Worker& worker, const Shared&, Transaction& transaction, const Ending& ending) const {
  if (transaction.limits.open_count != 0) {
    transaction.limits.now_ns = ending.now_ns;
    LimitCheck(worker.state(), transaction.limits).settle(ending);
  }
  if (transaction.inputs != nullptr) worker.state().rule_inputs.give_back(transaction.inputs);
  transaction.inputs = nullptr;
  identity::release(std::exchange(transaction.identity, nullptr));
}

Decision Guard::request_body_too_large(Worker& worker, Transaction& transaction) const {
  const Judge judge = this->judge(worker, transaction);
  Decision decision = judge(refuse(RuleId::kRequestBodyTooLarge, "body"));
  if (!decision.allowed()) return decision;
  decision = check_body_ids(worker.state(), judge, transaction, nullptr);
  if (!decision.allowed()) return decision;
  return check_rules(worker.state(), judge, transaction, RulePhase::kRequestBody, nullptr);
}

Decision Guard::response_body_too_large(Worker& worker, const Transaction& transaction) const {
  const Judge judge = this->judge(worker, transaction);
  Decision decision = judge(refuse(RuleId::kResponseBodyTooLarge, "body"));
  if (!decision.allowed()) return decision;
  return check_rules(worker.state(), judge, transaction, RulePhase::kResponseBody, nullptr);
}

bool Guard::takes_grpc() const {
  const auto is_grpc = [](const contract::MediaType& media) { return media.range.starts_with("application/grpc"); };
  return std::ranges::any_of(state_->contract.operations, [&](const contract::Operation& operation) {
    return operation.body && std::ranges::any_of(operation.body->content, is_grpc);
  });
}

bool Guard::blocks() const { return state_->policy.mode == policy::Mode::kBlock; }

bool Guard::always_blocks(RuleId rule) const {
  const auto blocks = [&](const ModeTable& modes) {
    return modes[static_cast<std::size_t>(rule)] == policy::Mode::kBlock;
  };
  return blocks(state_->modes) && std::ranges::all_of(state_->plans, blocks, &OperationPlan::modes);
}

SealRoutes Guard::seal_routes() const {
  return {.routes = state_->routes, .plans = state_->plans, .first = state_->contract.operations.data()};
}

std::string_view Guard::api() const { return state_->contract.title; }
std::size_t Guard::operation_count() const { return state_->plans.size(); }
std::uint64_t Guard::max_request_body() const { return state_->policy.requests.max_body; }
std::uint64_t Guard::max_response_body() const { return state_->policy.responses.max_body; }
bool Guard::allows_undeclared_status() const { return state_->policy.responses.allow_undeclared_status; }
bool Guard::knows_objects() const { return !state_->policy.ownership.empty(); }
const std::string& Guard::event_log() const { return state_->policy.events; }
const std::string& Guard::state_file() const { return state_->policy.state; }
const std::vector<std::string>& Guard::notes() const { return state_->notes; }

std::string_view Guard::operation_name(std::size_t index) const { return state_->plans[index].operation->id; }

std::optional<std::size_t> Guard::operation_index(const Transaction& transaction) const {
  if (transaction.plan == nullptr) return std::nullopt;
  return static_cast<std::size_t>(transaction.plan - state_->plans.data());
}

Caller Guard::caller(const Transaction& transaction) const {
  if (transaction.identity == nullptr) return {.unverified = transaction.credentials_unverified};
  const identity::Identity& identity = *transaction.identity;
  return {.method = identity::name(identity.method),
          .issuer = identity.issuer,
          .subject = identity.subject,
          .id = identity.id,
          .digest = identity.digest,
          .unverified = transaction.credentials_unverified};
}

std::span<const std::string> Guard::caller_fields() const { return state_->authority->caller_fields; }

bool Guard::append_caller_field(std::string& out, const Transaction& transaction, std::size_t index) const {
  return transaction.identity != nullptr && state_->authority->append_caller_field(out, *transaction.identity, index);
}

std::string_view Guard::operation_place(const Transaction& transaction) const {
  return transaction.plan == nullptr ? std::string_view() : transaction.plan->place;
}

std::string_view Guard::operation_id(const Transaction& transaction) const {
  return transaction.plan == nullptr ? std::string_view() : transaction.plan->operation->id;
}

std::string_view Guard::path_template(const Transaction& transaction) const {
  return transaction.plan == nullptr ? std::string_view() : transaction.plan->operation->path;
}

void Guard::append_path(std::string& out, const Transaction& transaction, std::string_view target) const {
  std::string_view path = http::split_target(target).path;
  const auto is_sensitive = [](const ParameterPlan& plan) { return plan.sensitive; };
  if (transaction.plan == nullptr || std::ranges::none_of(transaction.plan->path, is_sensitive)) {
    out += path;
    return;
  }
  const auto match = state_->routes.match(transaction.plan->operation->method_name, path);
  for (std::size_t i = 0; i < match.argument_count; ++i) {
    const auto& [name, value] = match.arguments[i];
    const auto plan = std::ranges::find_if(transaction.plan->path,
                                           [&, wanted = name](const auto& p) { return p.parameter->name == *wanted; });
    if (plan == transaction.plan->path.end() || !plan->sensitive) continue;
    const auto start = static_cast<std::size_t>(value.data() - path.data());
    out += path.substr(0, start);
    out += '{';
    out += *name;
    out += '}';
    path.remove_prefix(start + value.size());
  }
  out += path;
}

void append_problem_document(std::string& out, const Decision& decision, std::uint16_t status,
                             std::string_view request_id) {
  const Rule& broken = rule(decision.rule);
  json::Writer writer(out);
  writer.begin_object();
  writer.key("type").string(std::string("urn:portico:rule:") += broken.id);
  writer.key("title").string(broken.title);
  writer.key("status").unsigned_integer(status);
  // What a service's answer had wrong is its owner's to know, not its caller's.
  if (!decision.message.empty()) {
    writer.key("detail").string(decision.message);
  } else if (broken.id.starts_with("request-") && decision.rule != RuleId::kRequestRuleDenied) {
    std::string detail = decision.place;
    if (!decision.detail.empty()) detail += (detail.empty() ? "" : " ") + decision.detail;
    writer.text_unless_empty("detail", detail);
  }
  writer.key("rule").string(broken.id);
  writer.key("request_id").string(request_id);
  writer.end_object();
}

}  // namespace portico::guard
