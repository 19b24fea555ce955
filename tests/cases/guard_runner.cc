// Runs tests/cases/guard/*.yaml: a contract (and a policy), and exchanges with the decisions that must come of them.
//
//   contract: {...}            an OpenAPI document
//   policy: {...}              portico.yaml without `contract`; may be missing. Without `identity` and `anonymous` the
//                              contract gets `security: []`
//   files: {name: text}        beside the policy; what is no text is written as JSON
//   tokens: {name: {header: {...}, claims: {...}, secret: text}}
//                              signed with HS256; a header value "... {token:name}" gets it
//   cases:
//     - name: why this case is here
//       request: {method: GET, target: /a?b=c, headers: {Name: value}, header_list: [[Name, value]], body: text,
//                 address: 192.0.2.1, tls: true, at: seconds, date: 2026-12-31,
//                 wall: 2026-11-24T10:00:00Z [2026-01-01 and `at`],
//                 claims: {...}, scopes: [...]}   of a caller who was identified, as identity/ would give them
//       response: {status: 200, headers: {}, body: text}
//       fields: {Name: value}  of the answer that goes out (to a refused message: the guard's own); null: there is none
//       answered: true         the guard answers itself
//       decision: allowed      or a rule id, or {rule: ..., place: ..., detail: ...}
//       caller: subject id     of the verified caller
//       reports: [rule id]     what monitor mode lets pass; none if it is missing
//   refused: part of a text    in place of cases: why the guard does not start
//       sent: text             the body that leaves; the response's own if it is missing
//       personal: {class: n}   what was counted; not looked at if it is missing
//
// `decision` speaks of the last message of the case; those before it must be allowed.
#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/date.h"
#include "base/file.h"
#include "base/text.h"
#include "case_files.h"
#include "case_json.h"
#include "cel/calendar.h"
#include "contract/data_class.h"
#include "guard/guard.h"
#include "guard/limits.h"
#include "guard_setting.h"
#include "identity/identity.h"
#include "identity/replay_window.h"
#include "json/parse.h"
#include "json/tree.h"

namespace {

using portico::cases::write_json;
using portico::guard::Decision;
using portico::json::Node;

constexpr std::int64_t kStart = INT64_C(1'767'225'600'000'000);  // 2026-01-01, in microseconds

using Fields = std::vector<portico::guard::HeaderField>;

Fields fields_of(const Node* message) {
  Fields fields;
  if (message == nullptr) return fields;
  if (const Node* map = message->find("headers")) {
    for (const auto& [name, value] : map->members()) fields.push_back({name->text(), value->text()});
  }
  if (const Node* list = message->find("header_list")) {
    for (const Node* pair : list->items()) fields.push_back({pair->items()[0]->text(), pair->items()[1]->text()});
  }
  return fields;
}

class Exchange {
 public:
  Exchange(const portico::guard::Guard& guard, portico::guard::Worker& worker, const portico::guard::Shared& shared,
           const portico::cases::GuardSetting& setting, const Node& test)
      : guard_(guard), worker_(worker), shared_(shared), setting_(setting), test_(test) {}

  bool answered() const { return guard_.answers(transaction_); }

  Decision run() {
    const Node* response = test_.find("response");
    const Node* request = test_.find("request");
    identify(*request);
    Decision decision = send(*request);
    std::uint16_t status = response == nullptr ? 200 : static_cast<std::uint16_t>(*response->find("status")->integer());
    if (decision.allowed() && response != nullptr) decision = answer(*response);
    const auto caller = guard_.caller(transaction_);
    caller_ = caller.method.empty() ? caller.method : std::string(caller.subject) + ' ' + std::string(caller.id);
    if (transaction_.identity == &identity_) transaction_.identity = nullptr;  // nobody else's to give back
    if (!decision.allowed()) status = portico::guard::rule(decision.rule).status;
    guard_.finish(worker_, shared_, transaction_, {.status = status, .now_ns = now_ns_});
    return decision;
  }

  // The answer's fields as they go out, or what differs from `expected`.
  std::string differing_fields(const Node& expected, const Decision& made) {
    const Node* response = test_.find("response");
    Fields fields = made.allowed() ? fields_of(response) : Fields{};
    const auto status = !made.allowed() ? made.status != 0 ? made.status : portico::guard::rule(made.rule).status
                        : guard_.answers(transaction_) ? std::uint16_t{204}
                        : response == nullptr          ? std::uint16_t{200}
                                              : static_cast<std::uint16_t>(*response->find("status")->integer());
    const auto type = std::ranges::find(fields, "Content-Type", &portico::guard::HeaderField::name);
    for (const auto& change :
         guard_.answer_fields(worker_, transaction_, status, type == fields.end() ? std::string_view() : type->value)) {
      apply(change, fields);
    }
    std::string out;
    for (const auto& [name, value] : expected.members()) {
      std::string found;
      for (const auto& field : fields) {
        if (portico::equal_ignoring_case(field.name, name->text())) {
          found += (found.empty() ? "" : " | ") + std::string(field.value);
        }
      }
      const std::string wanted(value->is_null() ? "" : value->text());
      if (found != wanted) out += " " + std::string(name->text()) + ": \"" + found + '"';
    }
    return out;
  }

  // What differs in the body that was sent and in what was counted.
  std::string difference() const {
    const Node* sent = test_.find("sent");
    const Node* response = test_.find("response");
    if (sent_ && *sent_ != (sent != nullptr ? sent : response->find("body"))->text()) return "sent: " + *sent_;
    if (!sent_ && sent != nullptr) return "the body was not looked at";
    const Node* personal = test_.find("personal");
    if (personal == nullptr) return "";
    for (std::size_t i = 0; i < transaction_.personal.size(); ++i) {
      const auto name = portico::contract::name(static_cast<portico::contract::DataClass>(i));
      const Node* wanted = personal->find(name);
      if (transaction_.personal[i] == (wanted == nullptr ? 0 : *wanted->integer())) continue;
      return "counted " + std::to_string(transaction_.personal[i]) + " of " + std::string(name);
    }
    return "";
  }

  // "subject id", while the exchange lasted.
  const std::string& caller() const { return caller_; }

 private:
  void identify(const Node& request) {
    const Node* claims = request.find("claims");
    if (claims == nullptr) return;
    write_json(*claims, claims_);
    if (parser_.parse(claims_, {}) != portico::json::ParseProblem::kNone) std::abort();
    identity_.claims = parser_.tape();
    identity_.subject = claims->text_of("sub");
    if (const Node* scopes = request.find("scopes")) {
      for (const Node* scope : scopes->items()) scopes_.push_back(scope->text());
    }
    identity_.scopes = scopes_;
    transaction_.identity = &identity_;
  }

  static std::int64_t wall_us(const Node& request) {
    portico::cel::Instant instant;
    const std::string_view text = request.text_of("wall");
    if (portico::cel::parse_timestamp(text, instant)) return instant.seconds * 1'000'000;
    if (const auto date = portico::parse_date(request.text_of("date"))) return *date * 1'000'000;
    const Node* at = request.find("at");
    return kStart + (at == nullptr ? 0 : static_cast<std::int64_t>(*at->number() * 1e6));
  }

  Decision send(const Node& request) {
    Fields fields = fields_of(&request);
    texts_.reserve(fields.size() + 2);
    for (auto& field : fields) field.value = texts_.emplace_back(setting_.filled(field.value));
    const std::string_view target = texts_.emplace_back(setting_.filled(request.text_of("target")));
    std::array<std::uint8_t, 16> address{192, 0, 2, 1};
    std::size_t address_size = 4;
    if (const auto text = std::string(request.text_of("address")); !text.empty()) {
      address_size = text.find(':') == std::string::npos ? 4 : 16;
      if (::inet_pton(address_size == 4 ? AF_INET : AF_INET6, text.c_str(), address.data()) != 1) std::abort();
    }
    const auto host = std::ranges::find(fields, "Host", &portico::guard::HeaderField::name);
    const Node* body = request.find("body");
    const Node* at = request.find("at");
    now_ns_ = at == nullptr ? INT64_C(1'000'000'000) : static_cast<std::int64_t>((1 + *at->number()) * 1e9);
    const std::string_view method = request.text_of("method");
    const portico::guard::RequestHead head{.method = method.empty() ? "GET" : method,
                                           .target = target,
                                           .host = host == fields.end() ? "api.example.com" : host->value,
                                           .headers = fields,
                                           .address = std::span(address).first(address_size),
                                           .tls = request.find("tls") != nullptr,
                                           .has_body = body != nullptr,
                                           .now_ns = now_ns_,
                                           .wall_us = wall_us(request)};
    Decision decision = guard_.check_request_head(worker_, shared_, transaction_, head);
    if (!decision.allowed() || !guard_.needs_request_body(transaction_)) return decision;
    return guard_.check_request_body(worker_, transaction_, body->text());
  }

  static void apply(const portico::guard::FieldChange& change, Fields& fields) {
    using Action = portico::guard::FieldChange::Action;
    const auto is_it = [&](const auto& field) { return portico::equal_ignoring_case(field.name, change.name); };
    const bool there = std::ranges::any_of(fields, is_it);
    const bool kept = !change.unless.empty() && std::ranges::any_of(fields, [&](const auto& field) {
      return is_it(field) && portico::contains_ignoring_case(field.value, change.unless);
    });
    if (kept || (change.action == Action::kAdd && there) || (change.action == Action::kReplace && !there)) return;
    if (change.action == Action::kReplace || change.action == Action::kSet || change.action == Action::kRemove)
      std::erase_if(fields, is_it);
    if (change.action != Action::kRemove) fields.push_back({change.name, change.value});
  }

  Decision answer(const Node& response) {
    const Fields fields = fields_of(&response);
    const Node* body = response.find("body");
    const portico::guard::ResponseHead head{.status = static_cast<std::uint16_t>(*response.find("status")->integer()),
                                            .headers = fields,
                                            .has_body = body != nullptr};
    Decision decision = guard_.check_response_head(worker_, transaction_, head);
    if (!decision.allowed() || body == nullptr || !guard_.needs_response_body(transaction_)) return decision;
    portico::guard::Repaired repaired;
    decision = guard_.check_response_body(worker_, transaction_, body->text(), repaired);
    sent_ = repaired.body;
    return decision;
  }

  const portico::guard::Guard& guard_;
  portico::guard::Worker& worker_;
  const portico::guard::Shared& shared_;
  const portico::cases::GuardSetting& setting_;
  const Node& test_;
  std::string caller_;
  std::vector<std::string> texts_;  // of fields that were filled
  portico::guard::Transaction transaction_;
  portico::identity::Identity identity_;
  portico::json::Parser parser_;
  std::string claims_;
  std::vector<std::string_view> scopes_;
  std::optional<std::string> sent_;
  std::int64_t now_ns_ = 0;
};

// What differs between the expected decision and the made one; empty when nothing does.
std::string difference(const Node& expected, const Decision& made) {
  const std::string_view rule = made.allowed() ? "allowed" : portico::guard::rule(made.rule).id;
  const std::string shown = std::string(rule) + " at \"" + made.place + "\": " + made.detail;
  if (expected.is_string()) return expected.text() == rule ? "" : shown;
  if (expected.text_of("rule") != rule) return shown;
  if (expected.find("place") != nullptr && expected.text_of("place") != made.place) return shown;
  if (expected.find("detail") != nullptr && expected.text_of("detail") != made.detail) return shown;
  if (const Node* status = expected.find("status"); status != nullptr && *status->integer() != made.status) {
    return shown + " status " + std::to_string(made.status);
  }
  if (expected.find("contract") != nullptr && expected.text_of("contract") != made.contract) {
    return shown + " contract " + made.contract;
  }
  if (expected.find("challenge") != nullptr && expected.text_of("challenge") != made.challenge) {
    return shown + " challenge " + std::string(made.challenge);
  }
  if (const Node* wait = expected.find("retry_after"); wait != nullptr && *wait->integer() != made.retry_after_s) {
    return shown + " retry after " + std::to_string(made.retry_after_s);
  }
  return "";
}

// The same for what was only reported.
std::string difference(const Node* expected, const std::vector<Decision>& reports) {
  std::string wanted;
  std::string got;
  if (expected != nullptr) {
    for (const Node* rule : expected->items()) (wanted += ' ') += rule->text();
  }
  for (const Decision& report : reports) (got += ' ') += portico::guard::rule(report.rule).id;
  return wanted == got ? "" : "reported:" + got;
}

std::optional<portico::guard::Guard> open(const Node& root, const std::string& folder, std::string& error) {
  const Node* policy_node = root.find("policy");
  const bool says_who = policy_node != nullptr && (policy_node->find("identity") || policy_node->find("anonymous"));
  const std::string start = R"({"version":1,"contract":"contract.json")";
  std::string contract;
  write_json(*root.find("contract"), contract);
  if (!says_who && root.find("contract")->find("security") == nullptr) contract.insert(1, R"("security":[],)");
  std::string policy = start + '}';
  if (policy_node != nullptr) {
    std::string text;
    write_json(*policy_node, text);
    policy = start + ',' + text.substr(1);
  }
  if (!portico::write_file(folder + "/contract.json", contract) ||
      !portico::write_file(folder + "/portico.yaml", policy)) {
    error = "cannot write files";
    return std::nullopt;
  }
  auto guard = portico::guard::Guard::open({.policy = folder + "/portico.yaml"});
  if (guard) return *std::move(guard);
  error = to_string(guard.error());
  return std::nullopt;
}

void run_file(const portico::json::Documents& documents, const Node& root, portico::cases::Report& report) {
  const portico::cases::Folder folder;
  std::string error;
  portico::cases::GuardSetting setting;
  if (!setting.prepare(root, folder.path())) return report.add(to_string(documents.place(root)), "cannot write files");
  const auto guard = open(root, folder.path(), error);
  if (const Node* refused = root.find("refused")) {
    const bool said = !guard && error.find(refused->text()) != std::string::npos;
    return report.add(to_string(documents.place(root)), said ? "" : "not refused so: " + error);
  }
  if (!guard) return report.add(to_string(documents.place(root)), error);
  std::vector<std::byte> memory(1 << 16);
  portico::guard::LimitTable limits(memory, 1);
  alignas(64) static std::array<std::byte, 1 << 16> ids;
  ids.fill(std::byte{0});
  portico::identity::ReplayWindow replay(ids, 1, kStart / 1'000'000);
  std::vector<std::byte> object_memory(1 << 16);
  portico::guard::LimitTable objects(object_memory, 2);
  const portico::guard::Shared shared{.limits = &limits, .objects = &objects, .replay = &replay};
  portico::guard::Worker worker;
  for (const Node* test : root.find("cases")->items()) {
    worker.reports().clear();
    Exchange exchange(*guard, worker, shared, setting, *test);
    const Decision made = exchange.run();
    std::string wrong = difference(*test->find("decision"), made);
    if (wrong.empty() && made.allowed()) wrong = exchange.difference();
    if (wrong.empty()) wrong = difference(test->find("reports"), worker.reports());
    if (const Node* fields = test->find("fields"); wrong.empty() && fields != nullptr) {
      wrong = exchange.differing_fields(*fields, made);
    }
    if (wrong.empty() && exchange.answered() != (test->find("answered") != nullptr)) wrong = "answered";
    if (const Node* caller = test->find("caller"); wrong.empty() && caller != nullptr) {
      wrong = caller->text() == exchange.caller() ? "" : "the caller is \"" + exchange.caller() + '"';
    }
    report.add(portico::cases::where(documents, *test), wrong);
  }
}

}  // namespace

int main(int argc, char** argv) { return argc == 2 ? portico::cases::run_folder(argv[1], run_file) : 2; }
