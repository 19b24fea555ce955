#include "guard/inspection.h"

#include <algorithm>

#include "base/text.h"
#include "contract/data_class.h"
#include "guard/checks.h"
#include "guard/plan.h"
#include "guard/worker.h"
#include "leak/entropy.h"
#include "policy/operations.h"

namespace portico::guard {
namespace {

using Act = Inspection::Act;
using contract::DataClass;

constexpr auto kLast = static_cast<std::uint8_t>(DataClass::kSecret);
constexpr std::string_view kSecretText = "[secret]";
constexpr std::string_view kAddressText = "[address]";

constexpr std::size_t index(Found found) { return static_cast<std::size_t>(found); }
constexpr std::uint8_t label(DataClass data_class) { return static_cast<std::uint8_t>(data_class); }

DataClass class_named(std::string_view name) {
  for (std::uint8_t c = 1; c <= kLast; ++c) {
    if (contract::name(static_cast<DataClass>(c)) == name) return static_cast<DataClass>(c);
  }
  return DataClass::kNone;
}

Found found_of(const leak::Rule& rule) {
  if (rule.kind != leak::Kind::kPersonal) return static_cast<Found>(rule.kind);
  return rule.data_class == "contact"     ? Found::kContact
         : rule.data_class == "financial" ? Found::kFinancial
                                          : Found::kGovernmentId;
}

RuleId rule_of(Found found) {
  switch (found) {
    case Found::kSecret: return RuleId::kResponseSecretLeaked;
    case Found::kAddress: return RuleId::kResponseAddressLeaked;
    default: return RuleId::kResponseTraceLeaked;
  }
}

Act act_of(policy::OnLeak leak, policy::Mode mode) {
  if (mode == policy::Mode::kOff) return Act::kIgnore;
  if (leak != policy::OnLeak::kIgnore && mode == policy::Mode::kMonitor) return Act::kReport;
  switch (leak) {
    case policy::OnLeak::kIgnore: return Act::kIgnore;
    case policy::OnLeak::kBlock: return Act::kBlock;
    case policy::OnLeak::kReplace: return Act::kReplace;
    case policy::OnLeak::kMask: return Act::kMask;
  }
  return Act::kIgnore;
}

Result<void> add_action(repair::Plan& plan, const policy::Values& values, const repair::Action& action) {
  const auto id = static_cast<repair::ActionId>(plan.actions.size());
  plan.actions.push_back(action);
  for (const policy::Text& named : values.classes) plan.by_label[label(class_named(named.text))] = id;
  for (const policy::Text& pointer : values.pointers) {
    repair::PointerPattern pattern{.tokens = {}, .action = id};
    if (!repair::parse_pointer(pointer.text, pattern)) {
      return failure(ErrorCode::kInvalid, '"' + printable(pointer.text) + "\" is no JSON pointer", pointer.place);
    }
    plan.pointers.push_back(std::move(pattern));
  }
  return {};
}

repair::Action action_of(const policy::MaskValues& mask) {
  repair::Action action{.kind = repair::Action::Kind::kMask};
  if (mask.shape) {
    action.mask = repair::Action::Mask::kShape;
  } else if (mask.keep != 0) {
    action.mask = repair::Action::Mask::kLast;
    action.keep = static_cast<std::uint8_t>(mask.keep);
  } else {
    action.text = mask.with;
  }
  return action;
}

class Findings {
 public:
  Findings(const Inspection& inspection, InspectionScratch& scratch) : inspection_(inspection), scratch_(scratch) {
    scratch_.redactions.clear();
    rules_.fill({});
  }

  void scan(std::string_view text) {
    if (inspection_.scanner == nullptr) return;
    if (scratch_.scanner != inspection_.scanner.get()) {
      scratch_.scan = std::make_unique<leak::Scanner::Scratch>(*inspection_.scanner);
      scratch_.scanner = inspection_.scanner.get();
    }
    for (const leak::Find& find : inspection_.scanner->scan(text, *scratch_.scan)) {
      const leak::Rule& rule = leak::rules()[find.rule];
      add(find.begin, find.end, found_of(rule), rule.id);
    }
  }

  // The caller's own token, wherever it stands.
  void look_for(std::string_view token, std::string_view text) {
    if (token.empty() || inspection_.acts[index(Found::kSecret)] == Act::kIgnore) return;
    for (auto at = text.find(token); at != std::string_view::npos; at = text.find(token, at + token.size())) {
      add(at, at + token.size(), Found::kSecret, "callers-token");
    }
  }

  std::span<const repair::Redaction> sorted() {
    auto& redactions = scratch_.redactions;
    std::ranges::sort(redactions, {}, &repair::Redaction::begin);
    return redactions;
  }

  std::string_view rule(Found found) const { return rules_[index(found)]; }

 private:
  void add(std::size_t begin, std::size_t end, Found found, std::string_view rule) {
    const bool personal = found > Found::kAddress;
    if (personal ? !inspection_.counts : inspection_.acts[index(found)] == Act::kIgnore) return;
    if (rules_[index(found)].empty()) rules_[index(found)] = rule;
    scratch_.redactions.push_back({.begin = begin,
                                   .end = end,
                                   .text = found == Found::kSecret ? kSecretText : kAddressText,
                                   .kind = static_cast<std::uint8_t>(found),
                                   .only_counts = personal || inspection_.acts[index(found)] != Act::kMask,
                                   .unless_labelled = personal,
                                   .unless_trusted = found == Found::kSecret});
  }

  const Inspection& inspection_;
  InspectionScratch& scratch_;
  std::array<std::string_view, static_cast<std::size_t>(Found::kCount)> rules_;  // of the first of each
};

void count_personal(const repair::Counts& counts, Transaction& transaction) {
  for (std::uint8_t c = 1; c <= kLast; ++c) {
    if (contract::is_personal(static_cast<DataClass>(c))) transaction.personal[c] += counts.by_label[c];
  }
  transaction.personal[label(DataClass::kContact)] += counts.found[index(Found::kContact)];
  transaction.personal[label(DataClass::kFinancial)] += counts.found[index(Found::kFinancial)];
  transaction.personal[label(DataClass::kGovernmentId)] += counts.found[index(Found::kGovernmentId)];
}

void count_repairs(const repair::Counts& counts, Transaction& transaction) {
  transaction.repairs.stripped += counts.stripped;
  transaction.repairs.dropped += counts.dropped;
  transaction.repairs.masked += counts.masked;
  transaction.repairs.rounded += counts.rounded;
  transaction.repairs.redacted += counts.redacted;
}

// Refuses for what was found, or reports it.
Decision act(const Inspection& inspection, const Findings& findings, const repair::Counts& counts,
             const Transaction& transaction, std::vector<Decision>& reports) {
  Decision refused;
  for (const Found found : {Found::kSecret, Found::kTrace, Found::kError, Found::kAddress}) {
    if (counts.found[index(found)] == 0) continue;
    const Act what = inspection.acts[index(found)];
    if (what == Act::kIgnore || what == Act::kMask) continue;
    const std::string_view rule = findings.rule(found);
    Decision decision = refuse(rule_of(found), "body", std::string(rule.empty() ? "named-secret" : rule));
    if (what == Act::kReport) {
      decision.reported = true;
      reports.push_back(std::move(decision));
    } else if (refused.allowed()) {
      if (what == Act::kReplace) decision.status = transaction.response_status;
      refused = std::move(decision);
    }
  }
  return refused;
}

std::string summary(const repair::Counts& counts) {
  std::string out;
  const auto add = [&](std::uint32_t count, std::string_view what) {
    if (count == 0) return;
    if (!out.empty()) out += ", ";
    (out += std::to_string(count)) += what;
  };
  add(counts.stripped, " stripped");
  add(counts.dropped, " dropped");
  add(counts.masked, " masked");
  add(counts.rounded, " rounded");
  return out;
}

// What repairs would do, where they are only reported.
void report_repairs(Worker::State& worker, const Inspection& inspection, schema::PlaceId place,
                    const repair::Document& document, std::vector<Decision>& reports) {
  InspectionScratch& scratch = worker.inspection;
  scratch.repairer.repair(*inspection.would_do, *inspection.places, place, document, {}, worker.validator,
                          scratch.patched, scratch.counts);
  if (!scratch.counts.any()) return;
  Decision decision = refuse(RuleId::kResponseRepaired, "body", summary(scratch.counts));
  decision.reported = true;
  reports.push_back(std::move(decision));
}

class InspectionPlanner {
 public:
  InspectionPlanner(const policy::Policy& policy, const contract::Contract& contract)
      : policy_(policy),
        contract_(contract),
        places_({.documents = contract.documents.get()}, dialect_of(contract.dialect),
                [](std::string_view name, const json::Node& schema, std::string_view parent) {
                  return label(contract::classify(name, &schema, parent));
                }) {}

  // Null where the policy asks for nothing.
  Result<std::shared_ptr<const Inspection>> inspection(const contract::Operation& operation, const ModeTable& modes);

  // Of a JSON body with that schema; null: any.
  Result<schema::PlaceId> place(const json::Node* schema) {
    if (schema == nullptr) return schema::kAnyPlace;
    return places_.add(*schema);
  }

 private:
  Result<void> add_repairs(repair::Plan& plan, const contract::Operation& operation) const;
  Result<void> add_leaks(Inspection& inspection, const policy::Leaks& leaks, const ModeTable& modes);

  const policy::Policy& policy_;
  const contract::Contract& contract_;
  schema::PlaceCompiler places_;
  std::shared_ptr<const leak::Scanner> scanner_;
};

Result<void> InspectionPlanner::add_repairs(repair::Plan& plan, const contract::Operation& operation) const {
  for (const policy::Repair& repair : policy_.repair) {
    if (!policy::selects(repair.operations, contract_, operation)) continue;
    plan.strip = plan.strip || repair.strip;
    for (const auto& mask : repair.mask) PORTICO_CHECK_OK(add_action(plan, mask.values, action_of(mask)));
    for (const auto& round : repair.round) {
      PORTICO_CHECK_OK(
          add_action(plan, round.values,
                     {.kind = repair::Action::Kind::kRound, .decimals = static_cast<std::int8_t>(round.decimals)}));
    }
    for (const auto& drop : repair.drop) {
      PORTICO_CHECK_OK(add_action(plan, drop.values, {.kind = repair::Action::Kind::kDrop}));
    }
  }
  return {};
}

Result<void> InspectionPlanner::add_leaks(Inspection& inspection, const policy::Leaks& leaks, const ModeTable& modes) {
  const auto mode = [&](RuleId rule) { return modes[static_cast<std::size_t>(rule)]; };
  inspection.acts = {act_of(leaks.secrets, mode(RuleId::kResponseSecretLeaked)),
                     act_of(leaks.traces, mode(RuleId::kResponseTraceLeaked)),
                     act_of(leaks.traces, mode(RuleId::kResponseTraceLeaked)),
                     act_of(leaks.addresses, mode(RuleId::kResponseAddressLeaked))};
  inspection.counts = leaks.count;
  if (scanner_ == nullptr) {
    PORTICO_TRY(leak::Scanner scanner, leak::Scanner::make(std::bitset<leak::kKinds>().set()));
    scanner_ = std::make_shared<const leak::Scanner>(std::move(scanner));
  }
  inspection.scanner = scanner_;
  const Act secrets = inspection.acts[index(Found::kSecret)];
  if (secrets == Act::kIgnore) return {};
  repair::Plan& plan = inspection.repair;
  for (const DataClass secret : {DataClass::kCredential, DataClass::kSecret}) {
    plan.suspects.set(label(secret));
    if (leaks.declared) plan.trusted.set(label(secret));
  }
  plan.looks_secret = &leak::looks_secret;
  plan.secret_text = kSecretText;
  plan.secret_kind = static_cast<std::uint8_t>(Found::kSecret);
  plan.secrets_only_count = secrets != Act::kMask;
  return {};
}

Result<std::shared_ptr<const Inspection>> InspectionPlanner::inspection(const contract::Operation& operation,
                                                                        const ModeTable& modes) {
  auto made = std::make_shared<Inspection>();
  repair::Plan repairs;
  PORTICO_CHECK_OK(add_repairs(repairs, operation));
  const policy::Leaks* leaks = nullptr;
  for (const policy::Leaks& entry : policy_.leaks) {
    if (policy::selects(entry.operations, contract_, operation)) leaks = &entry;
  }
  const policy::Mode mode = modes[static_cast<std::size_t>(RuleId::kResponseRepaired)];
  const bool repairs_something = repairs.does_anything() && mode != policy::Mode::kOff;
  if (!repairs_something && leaks == nullptr) return nullptr;
  constexpr auto kLabelOf = [](std::string_view name) { return label(contract::classify(name, nullptr)); };
  repairs.label_of = kLabelOf;
  made->repair.label_of = kLabelOf;
  if (repairs_something && mode == policy::Mode::kBlock) {
    made->repair = std::move(repairs);
  } else if (repairs_something) {
    made->would_do = std::make_unique<repair::Plan>(std::move(repairs));
  }
  if (leaks != nullptr) PORTICO_CHECK_OK(add_leaks(*made, *leaks, modes));
  made->places = places_.places();
  return made;
}

}  // namespace

bool Inspection::changes() const { return repair.does_anything() || std::ranges::find(acts, Act::kMask) != acts.end(); }

Result<void> add_inspections(std::vector<OperationPlan>& plans, const policy::Policy& policy,
                             const contract::Contract& contract) {
  if (policy.repair.empty() && policy.leaks.empty()) return {};
  InspectionPlanner planner(policy, contract);
  for (OperationPlan& plan : plans) {
    PORTICO_TRY(plan.inspection, planner.inspection(*plan.operation, plan.modes));
    if (plan.inspection == nullptr) continue;
    for (std::size_t i = 0; i < plan.responses.size(); ++i) {
      const auto& declared = plan.operation->responses[i].content;
      for (std::size_t k = 0; k < declared.size(); ++k) {
        PORTICO_TRY(plan.responses[i].media[k].place, planner.place(declared[k].schema));
      }
    }
  }
  return {};
}

Inspected inspect_json(Worker::State& worker, const Inspection& inspection, schema::PlaceId place,
                       std::string_view text, Transaction& transaction, std::vector<Decision>& reports) {
  InspectionScratch& scratch = worker.inspection;
  const repair::Document document{text, worker.parser.tape(), worker.parser.marks()};
  if (inspection.would_do != nullptr) report_repairs(worker, inspection, place, document, reports);
  Findings findings(inspection, scratch);
  const std::string_view strings = worker.parser.all_strings();
  findings.scan(strings);
  findings.look_for(transaction.bearer, strings);
  Inspected inspected{.decision = {}, .body = text};
  switch (scratch.repairer.repair(inspection.repair, *inspection.places, place, document, findings.sorted(),
                                  worker.validator, scratch.patched, scratch.counts)) {
    case repair::Outcome::kUnchanged: break;
    case repair::Outcome::kRepaired:
      inspected.body = scratch.patched;
      inspected.changed = true;
      break;
    case repair::Outcome::kImpossible:
      inspected.decision =
          refuse(RuleId::kResponseRepairImpossible, "body", "holds what can neither leave nor be taken out");
      break;
    case repair::Outcome::kTooComplex:
      inspected.decision = refuse(RuleId::kResponseRepairImpossible, "body", "takes too long to repair");
      break;
  }
  count_personal(scratch.counts, transaction);
  count_repairs(scratch.counts, transaction);
  if (Decision decision = act(inspection, findings, scratch.counts, transaction, reports); !decision.allowed()) {
    inspected.decision = std::move(decision);
  }
  return inspected;
}

Inspected inspect_text(Worker::State& worker, const Inspection& inspection, std::string_view text,
                       Transaction& transaction, std::vector<Decision>& reports) {
  InspectionScratch& scratch = worker.inspection;
  Findings findings(inspection, scratch);
  findings.scan(text);
  findings.look_for(transaction.bearer, text);
  scratch.counts = {};
  scratch.patched.clear();
  std::size_t copied = 0;
  for (const repair::Redaction& found : findings.sorted()) {
    ++scratch.counts.found[found.kind];
    if (found.only_counts) continue;
    if (found.begin > copied) scratch.patched += text.substr(copied, found.begin - copied);
    if (found.begin >= copied) scratch.patched += found.text;
    copied = std::max(copied, found.end);
    ++scratch.counts.redacted;
  }
  Inspected inspected{.decision = {}, .body = text};
  if (scratch.counts.redacted != 0) {
    scratch.patched += text.substr(copied);
    inspected.body = scratch.patched;
    inspected.changed = true;
  }
  count_personal(scratch.counts, transaction);
  count_repairs(scratch.counts, transaction);
  inspected.decision = act(inspection, findings, scratch.counts, transaction, reports);
  return inspected;
}

std::span<const std::string_view> data_classes() {
  static const auto names = [] {
    std::array<std::string_view, kLast + 1> made;
    for (std::uint8_t c = 0; c <= kLast; ++c) made[c] = contract::name(static_cast<DataClass>(c));
    return made;
  }();
  return names;
}

std::string_view bearer_of(std::span<const HeaderField> headers) {
  constexpr std::size_t kShortest = 16;
  for (const HeaderField& field : headers) {
    if (!equal_ignoring_case(field.name, "authorization")) continue;
    const auto space = field.value.find(' ');
    if (space == std::string_view::npos) continue;
    const std::string_view token = trim(field.value.substr(space));
    return token.size() < kShortest ? std::string_view() : token;
  }
  return {};
}

}  // namespace portico::guard
