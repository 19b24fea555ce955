#include "guard/injection_check.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "guard/checks.h"
#include "guard/plan.h"
#include "guard/worker.h"
#include "policy/operations.h"

namespace portico::guard {
namespace {

using injection::Attack;
using schema::PlaceMember;
using schema::Step;

constexpr std::array<std::string_view, static_cast<std::size_t>(Attack::kCount)> kClasses = {
    "", "sql", "nosql", "command", "path", "template", "xxe", "ssrf", "header"};

// In the order of Attack.
RuleId rule_of(Attack attack) {
  return static_cast<RuleId>(static_cast<int>(RuleId::kRequestInjectionSql) + static_cast<int>(attack) -
                             static_cast<int>(Attack::kSql));
}

// One step of the way to a value.
struct Crumb {
  std::string_view name;
  std::size_t index = 0;
  bool declared = false;  // by its name: fit to be shown
  bool is_index = false;
};

// Walks a value until something is found.
class Search {
 public:
  Search(const InjectionPlan& plan, const injection::Attacks& wanted, json::TapeView tape, std::string_view part,
         std::string_view name, bool one_line, injection::Scratch& scratch)
      : plan_(plan),
        wanted_(wanted),
        tape_(tape),
        part_(part),
        name_(name),
        context_{.one_line = one_line},
        scratch_(scratch) {}

  Step member(const PlaceMember& member) {
    if (found_) return Step::kSkip;
    push({.name = tape_.text(member.key), .index = 0, .declared = member.named, .is_index = false});
    const bool operator_wanted = wanted_.test(static_cast<std::size_t>(Attack::kNoSql)) && !member.named;
    if (operator_wanted && injection::is_query_operator(tape_.text(member.key))) {
      find({Attack::kNoSql, "an operator of a query"});
    }
    return Step::kDescend;
  }
  void removed(const PlaceMember&, std::size_t) {}
  Step element(std::size_t index) {
    if (found_) return Step::kSkip;
    push({.name = {}, .index = index, .declared = true, .is_index = true});
    return Step::kDescend;
  }
  void leave() { --depth_; }

  void scalar(std::size_t value, std::size_t, bool bound) {
    if (bound || found_ || tape_.type(value) != json::tape::kString) return;
    const injection::Verdict verdict = injection::look(tape_.text(value), wanted_, context_, scratch_);
    if (verdict) find(verdict);
  }

  bool found() const { return static_cast<bool>(found_); }
  Decision decision() const { return refuse(rule_of(found_.attack), place_, std::string(found_.reason)); }

 private:
  // Deeper than a parser goes, nothing is kept.
  static constexpr std::size_t kDeepest = 128;

  void push(const Crumb& crumb) {
    if (depth_ < kDeepest) crumbs_[depth_] = crumb;
    ++depth_;
  }

  void find(const injection::Verdict& verdict) {
    if (is_excepted()) return;
    found_ = verdict;
    place_ = part_;
    if (!name_.empty()) (place_ += '/') += name_;
    for (std::size_t i = 0; i < std::min(depth_, kDeepest); ++i) {
      const Crumb& crumb = crumbs_[i];
      place_ += '/';
      if (crumb.is_index) {
        place_ += std::to_string(crumb.index);
      } else {
        place_ += crumb.declared ? crumb.name : std::string_view("*");
      }
    }
  }

  bool is_excepted() const {
    return std::ranges::any_of(plan_.except, [&](const repair::PointerPattern& pattern) { return covers(pattern); });
  }

  // Whether a pattern names the place, or one that it is in.
  bool covers(const repair::PointerPattern& pattern) const {
    std::size_t depth = 0;
    for (std::size_t i = 0; i < pattern.tokens.size(); ++i) {
      const auto& token = pattern.tokens[i];
      std::string_view name = i == 0 ? part_ : name_;
      if (i > (name_.empty() ? 0U : 1U)) {
        if (depth == std::min(depth_, kDeepest)) return false;
        const Crumb& crumb = crumbs_[depth++];
        if (crumb.is_index) {
          if (!token.any && token.index != crumb.index) return false;
          continue;
        }
        name = crumb.name;
      }
      if (!token.any && token.name != name) return false;
    }
    return true;
  }

  const InjectionPlan& plan_;
  const injection::Attacks& wanted_;
  json::TapeView tape_;
  std::string_view part_;
  std::string_view name_;
  injection::Context context_;
  injection::Scratch& scratch_;
  std::array<Crumb, kDeepest> crumbs_;
  std::size_t depth_ = 0;
  injection::Verdict found_;
  std::string place_;
};

std::shared_ptr<InjectionPlan> plan_of(const policy::Injection& section, const ModeTable& modes) {
  auto plan = std::make_shared<InjectionPlan>();
  for (std::size_t i = 1; i < kClasses.size(); ++i) {
    const bool asked = section.classes.empty() ||
                       std::ranges::find(section.classes, kClasses[i], &policy::Text::text) != section.classes.end();
    if (!asked) continue;
    const policy::Mode mode = modes[static_cast<std::size_t>(rule_of(static_cast<Attack>(i)))];
    plan->refused.set(i, mode == policy::Mode::kBlock);
    plan->reported.set(i, mode == policy::Mode::kMonitor);
  }
  for (const policy::Text& place : section.except) {
    repair::PointerPattern& pattern = plan->except.emplace_back();
    if (!repair::parse_pointer("/" + place.text, pattern)) plan->except.pop_back();
  }
  return plan;
}

Result<void> add_places(schema::PlaceCompiler& places, std::vector<ParameterPlan>& parameters) {
  for (ParameterPlan& plan : parameters) {
    const contract::Parameter& parameter = *plan.parameter;
    const json::Node* schema = parameter.content ? parameter.content->schema : parameter.schema;
    if (schema == nullptr) continue;
    PORTICO_TRY(plan.place, places.add(*schema));
  }
  return {};
}

}  // namespace

Result<void> add_injection_plans(std::vector<OperationPlan>& plans, const policy::Policy& policy,
                                 const contract::Contract& contract) {
  if (policy.injection.empty()) return {};
  schema::PlaceCompiler places({.documents = contract.documents.get()}, dialect_of(contract.dialect), {});
  for (OperationPlan& plan : plans) {
    const policy::Injection* section = nullptr;
    for (const policy::Injection& entry : policy.injection) {
      if (policy::selects(entry.operations, contract, *plan.operation)) section = &entry;
    }
    if (section == nullptr) continue;
    auto made = plan_of(*section, plan.modes);
    if (made->refused.none() && made->reported.none()) continue;
    for (auto* parameters : {&plan.path, &plan.query, &plan.header, &plan.cookie}) {
      PORTICO_CHECK_OK(add_places(places, *parameters));
    }
    for (std::size_t i = 0; i < plan.request_media.size(); ++i) {
      const json::Node* schema = plan.operation->body->content[i].schema;
      if (schema == nullptr) continue;
      PORTICO_TRY(plan.request_media[i].place, places.add(*schema));
    }
    made->places = places.places();
    plan.injection = std::move(made);
  }
  return {};
}

Decision check_injection(Worker::State& worker, const InjectionPlan& plan, const Judge& judge, schema::PlaceId place,
                         json::TapeView value, std::string_view part, std::string_view name, bool one_line) {
  if (value.count == 0) return {};
  for (const injection::Attacks& wanted : {plan.refused, plan.reported}) {
    if (wanted.none()) continue;
    Search search(plan, wanted, value, part, name, one_line, worker.injection.look);
    schema::PlaceWalk walk(*plan.places, worker.validator, value, worker.injection.walk, search);
    if (!walk.run(place)) {
      return judge(refuse(RuleId::kRequestBodyInvalid, std::string(part), "takes too long to check"));
    }
    if (!search.found()) continue;
    if (Decision decision = judge(search.decision()); !decision.allowed()) return decision;
  }
  return {};
}

Decision check_injection(Worker::State& worker, const InjectionPlan& plan, const Judge& judge, std::string_view text,
                         std::string_view where) {
  const injection::Context context{.one_line = true};
  for (const injection::Attacks& wanted : {plan.refused, plan.reported}) {
    if (wanted.none()) continue;
    const injection::Verdict verdict = injection::look(text, wanted, context, worker.injection.look);
    if (!verdict) continue;
    Decision decision = judge(refuse(rule_of(verdict.attack), std::string(where), std::string(verdict.reason)));
    if (!decision.allowed()) return decision;
  }
  return {};
}

}  // namespace portico::guard
