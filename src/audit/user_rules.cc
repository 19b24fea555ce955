#include "audit/user_rules.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>

#include "audit/rule_facts.h"
#include "audit/sites.h"
#include "base/file.h"
#include "base/text.h"
#include "cel/evaluate.h"
#include "cel/program.h"
#include "finding/catalogue.h"
#include "finding/rule_table.h"
#include "json/parse.h"
#include "policy/reader.h"
#include "yaml/reader.h"

namespace portico::audit {

// What a rule looks at; each is a variable of its expressions, beside `contract`.
enum class Look : std::uint8_t { kContracts, kOperations, kParameters, kProperties, kResponses, kServers, kSchemes };

namespace {

using policy::Mapping;

constexpr std::array<std::pair<std::string_view, Look>, 7> kLooks = {{{"contract", Look::kContracts},
                                                                      {"operation", Look::kOperations},
                                                                      {"parameter", Look::kParameters},
                                                                      {"property", Look::kProperties},
                                                                      {"response", Look::kResponses},
                                                                      {"server", Look::kServers},
                                                                      {"scheme", Look::kSchemes}}};

constexpr std::array<std::pair<std::string_view, finding::Severity>, 5> kSeverities = {
    {{"info", finding::Severity::kInfo},
     {"low", finding::Severity::kLow},
     {"medium", finding::Severity::kMedium},
     {"high", finding::Severity::kHigh},
     {"critical", finding::Severity::kCritical}}};

// Parameters and responses are an operation's.
bool has_operation(Look look) {
  return look == Look::kOperations || look == Look::kParameters || look == Look::kResponses;
}

std::string_view name_of(Look look) { return kLooks[static_cast<std::size_t>(look)].first; }

constexpr std::uint64_t kMaxBytes = UINT64_C(1) << 20;

}  // namespace

// One rule as it is written.
struct UserRule {
  std::string id;
  std::string title;
  Look look = Look::kOperations;
  policy::Text when;
  policy::Text require;
  std::string message;
  finding::Severity severity = finding::Severity::kMedium;
  std::string why;
  std::string remedy;
  std::uint64_t owasp = 0;
  std::uint64_t cwe = 0;
  Place place;
};

void read(Mapping& rule, UserRule& to) {
  rule.text("id", to.id, "The rule's id: words with hyphens between them").required();
  rule.text("title", to.title, "The weakness in a few words").required();
  rule.choice<Look>("on", to.look, kLooks, "What it looks at").required();
  rule.text("when", to.when, "Of which of them: CEL");
  rule.text("require", to.require, "What must be true: CEL").required();
  rule.text("message", to.message, "What is wrong otherwise").required();
  rule.choice<finding::Severity>("severity", to.severity, kSeverities, "How severe it is");
  rule.text("why", to.why, "What an attacker does with it");
  rule.text("remedy", to.remedy, "What to do");
  rule.count("owasp", to.owasp, 1, 10, "Category of the OWASP API Security Top 10 of 2023");
  rule.count("cwe", to.cwe, 1, 9999, "Common Weakness Enumeration");
}

namespace {

struct Compiled {
  const UserRule* written;
  const finding::Rule* rule;
  cel::Environment environment;
  cel::Program when;
  cel::Program require;
};

// One thing that a rule looks at.
struct Candidate {
  const json::Node* node;
  Label label;
  std::vector<std::uint32_t> operations;
  const contract::Operation* operation = nullptr;
};

class Run {
 public:
  Run(const Subject& subject, Drafts& drafts) : subject_(&subject), drafts_(&drafts) {
    contract_.set(contract_facts(subject.contract));
  }

  void check(const Compiled& rule) {
    const auto& contract = subject_->contract;
    switch (rule.written->look) {
      case Look::kContracts: judge(rule, {contract.root, {"contract", {}}, subject_->all_operations()}, nullptr); break;
      case Look::kProperties:
        for (const Field& field : subject_->fields) {
          if (!field.is_property()) continue;
          item_.set(property_facts(field));
          judge(rule, {field.node, field.label(), subject_->fields.operations(field, field.directions)}, &item_);
        }
        break;
      case Look::kServers:
        for (const auto& server : contract.servers) {
          if (server.node == nullptr) continue;
          item_.set(server_facts(server));
          judge(rule, {server.node, {"server", server.url}, subject_->all_operations()}, &item_);
        }
        break;
      case Look::kSchemes:
        for (const auto& scheme : contract.schemes) {
          item_.set(scheme_facts(scheme));
          judge(rule, {scheme.node, {"scheme", scheme.name}, {}}, &item_);
        }
        break;
      case Look::kOperations:
      case Look::kParameters:
      case Look::kResponses:
        for (std::uint32_t i = 0; i < contract.operations.size(); ++i) check_operation(rule, i);
        break;
    }
  }

 private:
  // JSON, and the value that stands for it.
  class Fact {
   public:
    void set(std::string text) {
      text_ = std::move(text);
      good_ = parser_.parse(text_, {.reject_duplicate_keys = false, .reject_nul = false}) == json::ParseProblem::kNone;
      if (good_) tape_ = parser_.tape();
    }
    cel::Value value() const { return good_ ? cel::tape_value(tape_, json::TapeView::kFirst) : cel::null_value(); }

   private:
    json::Parser parser_;
    std::string text_;
    json::TapeView tape_;
    bool good_ = false;
  };

  void check_operation(const Compiled& rule, std::uint32_t index) {
    const auto& operation = subject_->contract.operations[index];
    operation_.set(operation_facts(*subject_, index));
    if (rule.written->look == Look::kOperations) {
      judge(rule, {operation.node, {"operation", {}}, {index}, &operation}, nullptr);
    } else if (rule.written->look == Look::kParameters) {
      for (const auto& parameter : operation.parameters) {
        item_.set(parameter_facts(parameter));
        judge(rule, {parameter.node, {kind_of(parameter.in), parameter.name}, {index}}, &item_);
      }
    } else {
      for (const auto& response : operation.responses) {
        item_.set(response_facts(response));
        judge(rule, {response.node, {"response", response.status}, {index}}, &item_);
      }
    }
  }

  void judge(const Compiled& rule, const Candidate& candidate, const Fact* item) {
    std::vector<cel::Value> values = {contract_.value()};
    if (has_operation(rule.written->look)) values.push_back(operation_.value());
    if (item != nullptr) values.push_back(item->value());
    if (!rule.written->when.text.empty() && !cel::evaluate(rule.when, values, scratch_).is_true()) return;
    if (cel::evaluate(rule.require, values, scratch_).is_true()) return;
    const Site site{.node = candidate.node, .label = candidate.label, .operations = candidate.operations};
    std::string subject = candidate.operation != nullptr ? title_of(*candidate.operation) : to_string(site.label);
    drafts_->push_back(
        draft_of(*subject_, site, rule.rule, rule.rule->severity, subject + " " + rule.written->message));
  }

  const Subject* subject_;
  Drafts* drafts_;
  Fact contract_;
  Fact operation_;
  Fact item_;
  cel::Scratch scratch_;
};

}  // namespace

struct UserRules::State {
  std::vector<UserRule> written;
  std::deque<finding::Rule> rules;
  std::deque<Compiled> compiled;
};

UserRules::UserRules(std::unique_ptr<State> state) : state_(std::move(state)) {}
UserRules::UserRules(UserRules&&) noexcept = default;
UserRules& UserRules::operator=(UserRules&&) noexcept = default;
UserRules::~UserRules() = default;

const std::deque<finding::Rule>& UserRules::rules() const { return state_->rules; }

namespace {

Result<cel::Program> compile(const cel::Environment& environment, const policy::Text& expression) {
  auto program = cel::Program::compile(environment, expression.text);
  if (program) return program;
  Error error = std::move(program).error();
  error.message = "the expression is not CEL over these names: " + error.message;
  error.place = expression.place;
  return std::unexpected(std::move(error));
}

Result<Compiled> compile(const UserRule& written, const finding::Rule& rule) {
  Compiled compiled{.written = &written, .rule = &rule};
  compiled.environment.declare("contract", cel::Types::dyn());
  if (has_operation(written.look)) compiled.environment.declare("operation", cel::Types::dyn());
  if (written.look != Look::kContracts && written.look != Look::kOperations) {
    compiled.environment.declare(std::string(name_of(written.look)), cel::Types::dyn());
  }
  if (!written.when.text.empty()) {
    PORTICO_TRY(compiled.when, compile(compiled.environment, written.when));
  }
  PORTICO_TRY(compiled.require, compile(compiled.environment, written.require));
  return compiled;
}

}  // namespace

Result<UserRules> UserRules::load_text(std::string_view text, const std::string& name) {
  json::Documents documents;
  json::Document& document = documents.add(name, "file:" + name);
  PORTICO_CHECK_OK(yaml::read_document(text, document));
  auto state = std::make_unique<State>();
  policy::Reader reader(documents, name);
  Mapping::read_mapping(reader, *document.root, "the file of rules", [&](Mapping& root) {
    root.list("rules", state->written, "a rule", "Rules of your own").required();
  });
  if (auto problems = reader.take_problems(); !problems.empty()) return std::unexpected(std::move(problems.front()));
  std::set<std::string_view> ids;
  for (const UserRule& written : state->written) {
    if (!finding::is_rule_id(written.id)) {
      return failure(ErrorCode::kInvalid, "\"" + printable(written.id) + "\" is no id of a rule", written.place,
                     "Write lower-case words with hyphens between them: acme-owner.");
    }
    if (finding::find_rule(written.id) != nullptr || !ids.insert(written.id).second) {
      return failure(ErrorCode::kInvalid, "there is a rule \"" + written.id + "\" already", written.place);
    }
    state->rules.push_back({.id = written.id,
                            .title = written.title,
                            .severity = written.severity,
                            .owasp_2023 = static_cast<std::uint8_t>(written.owasp),
                            .cwe = {static_cast<std::uint16_t>(written.cwe)},
                            .why = written.why,
                            .remedy = written.remedy});
    PORTICO_TRY(Compiled compiled, compile(written, state->rules.back()));
    state->compiled.push_back(std::move(compiled));
  }
  return UserRules(std::move(state));
}

Result<UserRules> UserRules::load(const std::string& path) {
  PORTICO_TRY(const std::string text, read_file(path, kMaxBytes));
  return load_text(text, path);
}

void UserRules::check(const Subject& subject, Drafts& drafts) const {
  Run run(subject, drafts);
  for (const Compiled& rule : state_->compiled) run.check(rule);
}

}  // namespace portico::audit
