#include "guard/seal_plan.h"

#include <algorithm>
#include <atomic>
#include <set>

#include "base/text.h"
#include "base/uri.h"
#include "guard/plan.h"
#include "policy/operations.h"

namespace portico::guard {
namespace {

using json::Node;
using repair::PointerPattern;

constexpr std::size_t kMostNames = 254;       // labels are bytes
constexpr std::size_t kMostSteps = 200'000;   // of walks over schemas
constexpr std::size_t kMostPatterns = 1'000;  // of one body
constexpr std::size_t kDeepestRecursion = 8;  // of a schema that holds itself
constexpr repair::ActionId kKeepAction = 0;

// "Parcel.id"
struct ComponentName {
  std::string_view component;
  std::string_view property;
};

bool is_pointer(std::string_view name) { return name.starts_with('/'); }

bool is_component_name(std::string_view name) { return !is_pointer(name) && name.find('.') != std::string_view::npos; }

ComponentName component_name(std::string_view name) {
  const auto dot = name.rfind('.');
  return {name.substr(0, dot), name.substr(dot + 1)};
}

std::string_view last_segment(std::string_view reference) { return reference.substr(reference.rfind('/') + 1); }

// Finds where in a body the properties of components stand.
class ComponentWalk {
 public:
  using Wanted = std::map<std::pair<std::string_view, std::string_view>, repair::ActionId>;

  ComponentWalk(const contract::Contract& contract, const Wanted& wanted,
                std::set<std::pair<std::string_view, std::string_view>>& met, std::vector<PointerPattern>& patterns)
      : contract_(contract), wanted_(wanted), met_(met), patterns_(patterns) {}

  // False: there are too many ways through the schema.
  bool run(const Node& schema) {
    visit(schema);
    return !exhausted_;
  }

 private:
  void visit(const Node& schema) {
    if (++steps_ > kMostSteps || patterns_.size() > kMostPatterns) exhausted_ = true;
    if (exhausted_ || !schema.is_object()) return;
    if (std::ranges::count(stack_, &schema) >= static_cast<std::ptrdiff_t>(kDeepestRecursion)) return;
    stack_.push_back(&schema);
    if (const Node* reference = schema.find("$ref"); reference != nullptr) refer(*reference, schema);
    for (const std::string_view keyword : {"allOf", "anyOf", "oneOf", "if", "then", "else"}) {
      const Node* branches = schema.find(keyword);
      if (branches == nullptr) continue;
      if (branches->is_object()) visit(*branches);
      for (const Node* branch : branches->items()) visit(*branch);
    }
    for (const std::string_view keyword : {"properties", "dependentSchemas"}) {
      const Node* members = schema.find(keyword);
      if (members == nullptr) continue;
      for (const auto& [key, value] : members->members()) {
        keyword == "properties" ? below({.name = std::string(key->text())}, *value) : visit(*value);
      }
    }
    if (const Node* patterns = schema.find("patternProperties")) {
      for (const auto& [key, value] : patterns->members()) below({.name = {}, .any = true}, *value);
    }
    for (const std::string_view keyword : {"items", "additionalItems", "prefixItems", "additionalProperties",
                                           "unevaluatedProperties", "unevaluatedItems"}) {
      const Node* others = schema.find(keyword);
      if (others == nullptr) continue;
      if (others->is_object()) below({.name = {}, .any = true}, *others);
      for (const Node* other : others->items()) below({.name = {}, .any = true}, *other);
    }
    stack_.pop_back();
  }

  void below(PointerPattern::Token token, const Node& schema) {
    way_.push_back(std::move(token));
    visit(schema);
    way_.pop_back();
  }

  void refer(const Node& reference, const Node& holder) {
    const std::string_view component = last_segment(reference.text());
    for (const auto& [name, action] : wanted_) {
      if (name.first != component) continue;
      PointerPattern pattern{.tokens = way_, .action = action};
      pattern.tokens.push_back({.name = std::string(name.second)});
      if (seen_.insert(text_of(pattern)).second) patterns_.push_back(std::move(pattern));
      met_.insert(name);
    }
    if (const Node* target = contract_.resolve(holder); target != nullptr && target != &holder) visit(*target);
  }

  static std::string text_of(const PointerPattern& pattern) {
    std::string text;
    for (const auto& token : pattern.tokens) text += token.any ? "\x01" : '\x02' + token.name;
    return text;
  }

  const contract::Contract& contract_;
  const Wanted& wanted_;
  std::set<std::pair<std::string_view, std::string_view>>& met_;
  std::vector<PointerPattern>& patterns_;
  std::vector<PointerPattern::Token> way_;
  std::vector<const Node*> stack_;
  std::set<std::string> seen_;
  std::size_t steps_ = 0;
  bool exhausted_ = false;
};

class SealPlanner {
 public:
  SealPlanner(const policy::Policy& policy, const contract::Contract& contract, std::vector<std::string>& notes)
      : policy_(policy), seal_(*policy.seal), contract_(contract), notes_(notes) {}

  Result<void> prepare();
  Result<void> add(OperationPlan& plan);
  Result<void> check_names();

 private:
  // What the policy says of one operation.
  struct Said {
    std::map<std::string_view, SealedTypeId> names;
    ComponentWalk::Wanted components;
    std::vector<PointerPattern> pointers;
  };

  SealedTypeId type_named(std::string_view name);
  repair::ActionId action_of(SealedTypeId type) const {
    return type == kSealedLink ? static_cast<repair::ActionId>(1) : static_cast<repair::ActionId>(type + 2);
  }
  Result<void> say(Said& said, const policy::Text& name, SealedTypeId type, bool kept) const;
  Result<Said> said_of(const contract::Operation& operation) const;
  Result<void> add_parameters(SealPlan& seal, const Said& said, OperationPlan& plan);
  Result<void> add_parameter(std::vector<SealedParameter>& to, SealedTypeId type, ParameterPlan& plan) const;
  repair::Plan body_plan(const Said& said) const;
  Result<std::shared_ptr<const repair::Plan>> media_plan(const Said& said, const repair::Plan& any,
                                                         const contract::MediaType& declared, const MediaPlan& media,
                                                         const contract::Operation& operation);

  const policy::Policy& policy_;
  const policy::Seal& seal_;
  const contract::Contract& contract_;
  std::vector<std::string>& notes_;
  std::shared_ptr<SealTable> table_ = std::make_shared<SealTable>();
  std::shared_ptr<std::map<std::string, std::uint8_t, std::less<>>> labels_ =
      std::make_shared<std::map<std::string, std::uint8_t, std::less<>>>();
  std::uint64_t label_seed_ = 0;
  std::set<std::pair<std::string_view, std::string_view>> met_;
};

SealedTypeId SealPlanner::type_named(std::string_view name) {
  auto& types = table_->types;
  const auto found = std::ranges::find(types, name);
  if (found == types.end()) types.emplace_back(name);
  return static_cast<SealedTypeId>(std::ranges::find(types, name) - types.begin());
}

Result<void> SealPlanner::prepare() {
  static std::atomic<std::uint64_t> last{0};
  label_seed_ = ++last;
  table_->api = seal_.api.empty() ? contract_.title : seal_.api;
  PORTICO_TRY(table_->keys, seal::read_keys(seal_.keys));
  for (const std::string& server : policy_.upstream.servers) {
    if (const auto authority = split_uri(server).authority) table_->hosts.push_back(lower(*authority));
  }
  const auto label = [&](const policy::Text& name) {
    if (is_pointer(name.text)) return;
    labels_->try_emplace(name.text, static_cast<std::uint8_t>(labels_->size() + 1));
  };
  for (const policy::Text& name : seal_.ids) {
    type_named(name.text);
    label(name);
  }
  for (const policy::SealedType& type : seal_.types) {
    type_named(type.type);
    std::ranges::for_each(type.names, label);
  }
  std::ranges::for_each(seal_.links, label);
  if (labels_->size() > kMostNames) {
    return failure(ErrorCode::kLimit, "seal has more than " + std::to_string(kMostNames) + " names");
  }
  return {};
}

Result<void> SealPlanner::say(Said& said, const policy::Text& name, SealedTypeId type, bool kept) const {
  const repair::ActionId action = kept ? kKeepAction : action_of(type);
  if (is_pointer(name.text)) {
    auto& pattern = said.pointers.emplace_back(PointerPattern{.tokens = {}, .action = action});
    if (repair::parse_pointer(name.text, pattern)) return {};
    return failure(ErrorCode::kInvalid, '"' + printable(name.text) + "\" is no JSON pointer", name.place);
  }
  if (is_component_name(name.text)) {
    const ComponentName split = component_name(name.text);
    said.components[{split.component, split.property}] = action;
  }
  if (kept) {
    said.names.erase(name.text);
  } else {
    said.names[name.text] = type;
  }
  return {};
}

Result<SealPlanner::Said> SealPlanner::said_of(const contract::Operation& operation) const {
  const auto holds = [&](const policy::Selectors& selectors) {
    return selectors.empty() || policy::selects(selectors, contract_, operation);
  };
  const auto type_of = [&](std::string_view name) {
    return static_cast<SealedTypeId>(std::ranges::find(table_->types, name) - table_->types.begin());
  };
  Said said;
  for (const policy::Text& name : seal_.ids) PORTICO_CHECK_OK(say(said, name, type_of(name.text), false));
  for (const policy::SealedType& type : seal_.types) {
    if (!holds(type.operations)) continue;
    for (const policy::Text& name : type.names) PORTICO_CHECK_OK(say(said, name, type_of(type.type), false));
  }
  for (const policy::Text& name : seal_.links) PORTICO_CHECK_OK(say(said, name, kSealedLink, false));
  for (const policy::SealException& exception : seal_.except) {
    if (!holds(exception.operations)) continue;
    for (const policy::Text& name : exception.names) PORTICO_CHECK_OK(say(said, name, 0, true));
  }
  return said;
}

// Only styles in which a list is separated by commas or by repetition are taken apart.
Result<void> SealPlanner::add_parameter(std::vector<SealedParameter>& to, SealedTypeId type,
                                        ParameterPlan& plan) const {
  const contract::Parameter& parameter = *plan.parameter;
  using contract::Style;
  const bool pairs = parameter.in == contract::ParameterIn::kQuery || parameter.in == contract::ParameterIn::kCookie;
  const bool simple = parameter.style == (pairs ? Style::kForm : Style::kSimple);
  const bool repeated = pairs && parameter.explode &&
                        (parameter.style == Style::kSpaceDelimited || parameter.style == Style::kPipeDelimited);
  const bool cookie = parameter.in == contract::ParameterIn::kCookie && plan.carrier == Carrier::kPlain;
  if (parameter.content || !(simple || repeated || cookie)) {
    return failure(ErrorCode::kUnsupported,
                   "parameter " + printable(parameter.name) + " is of a style in which ids are not sealed",
                   contract_.place(*parameter.node), "Name it under seal.except, with its operation.");
  }
  constexpr schema::TypeMask kNumbers = schema::kTypeInteger | schema::kTypeNumber;
  const schema::TypeMask types = (plan.plan.types & schema::kTypeArray) != 0 && !plan.plan.items.empty()
                                     ? plan.plan.items.front().types
                                     : plan.plan.types;
  to.push_back({.name = parameter.name,
                .type = type,
                .number = (types & kNumbers) != 0 && (types & schema::kTypeString) == 0,
                .list = !pairs || !parameter.explode,
                .plain = plan.carrier == Carrier::kPlain});
  plan.sensitive = true;  // events show neither what is sealed nor what is not
  return {};
}

Result<void> SealPlanner::add_parameters(SealPlan& seal, const Said& said, OperationPlan& plan) {
  const auto add_all = [&](std::vector<SealedParameter>& to, std::vector<ParameterPlan>& plans,
                           bool without_case) -> Result<void> {
    for (ParameterPlan& parameter : plans) {
      const auto found = std::ranges::find_if(said.names, [&](const auto& name) {
        return name.second != kSealedLink && (without_case ? equal_ignoring_case(name.first, parameter.parameter->name)
                                                           : name.first == parameter.parameter->name);
      });
      if (found != said.names.end()) PORTICO_CHECK_OK(add_parameter(to, found->second, parameter));
    }
    return {};
  };
  PORTICO_CHECK_OK(add_all(seal.path, plan.path, false));
  PORTICO_CHECK_OK(add_all(seal.query, plan.query, false));
  PORTICO_CHECK_OK(add_all(seal.header, plan.header, true));
  PORTICO_CHECK_OK(add_all(seal.cookie, plan.cookie, false));
  for (const SealedParameter& cookie : seal.cookie) {
    notes_.push_back("cookie " + printable(cookie.name) + " of " + printable(plan.operation->id) +
                     " must be sealed: where the service sets it itself, name it under seal.except");
  }
  return {};
}

repair::Plan SealPlanner::body_plan(const Said& said) const {
  repair::Plan plan;
  plan.actions.push_back({.kind = repair::Action::Kind::kKeep});
  plan.actions.push_back({.kind = repair::Action::Kind::kReplace, .kind_of_value = kSealedLink});
  for (std::size_t type = 0; type < table_->types.size(); ++type) {
    plan.actions.push_back({.kind = repair::Action::Kind::kReplace, .kind_of_value = static_cast<SealedTypeId>(type)});
  }
  for (const auto& [name, type] : said.names) {
    const auto label = labels_->find(name);
    if (label != labels_->end()) plan.by_label[label->second] = action_of(type);
  }
  plan.pointers = said.pointers;
  plan.labels = label_seed_;
  plan.labels_names = true;
  plan.label_of = [labels = labels_](std::string_view name) {
    const auto found = labels->find(name);
    return found == labels->end() ? std::uint8_t{0} : found->second;
  };
  return plan;
}

// Null: the same as for any.
Result<std::shared_ptr<const repair::Plan>> SealPlanner::media_plan(const Said& said, const repair::Plan& any,
                                                                    const contract::MediaType& declared,
                                                                    const MediaPlan& media,
                                                                    const contract::Operation& operation) {
  if (media.kind != BodyKind::kJson || declared.schema == nullptr || said.components.empty()) return nullptr;
  std::vector<PointerPattern> patterns;
  if (!ComponentWalk(contract_, said.components, met_, patterns).run(*declared.schema)) {
    return failure(ErrorCode::kLimit,
                   "there are too many ways to the ids of " + printable(operation.id) + " through its schemas",
                   contract_.place(*declared.schema),
                   "Under seal, name the properties by a name that has no component in it, or by JSON pointers.");
  }
  if (patterns.empty()) return nullptr;
  auto made = std::make_shared<repair::Plan>(any);
  // What the policy says by pointers is said last.
  made->pointers.insert(made->pointers.begin(), patterns.begin(), patterns.end());
  return made;
}

Result<void> SealPlanner::add(OperationPlan& plan) {
  const policy::Mode mode = plan.modes[static_cast<std::size_t>(RuleId::kRequestIdentifierNotIssued)];
  if (mode == policy::Mode::kOff) return {};
  PORTICO_TRY(const Said said, said_of(*plan.operation));
  auto seal = std::make_shared<SealPlan>();
  seal->table = table_;
  seal->seals = policy_.mode == policy::Mode::kBlock && !policy_.only_reports;
  PORTICO_CHECK_OK(add_parameters(*seal, said, plan));
  for (const auto& [name, type] : said.names) {
    if (type != kSealedLink) seal->names.emplace(name, type);
  }
  const auto any = std::make_shared<const repair::Plan>(body_plan(said));
  seal->body = any;
  const auto add_media = [&](const std::vector<contract::MediaType>& declared,
                             std::vector<MediaPlan>& media) -> Result<void> {
    for (std::size_t i = 0; i < declared.size(); ++i) {
      PORTICO_TRY(media[i].seal, media_plan(said, *any, declared[i], media[i], *plan.operation));
      if (media[i].kind == BodyKind::kXml) {
        notes_.push_back("ids in the XML of " + printable(plan.operation->id) + " are not sealed");
      }
    }
    return {};
  };
  if (plan.operation->body) PORTICO_CHECK_OK(add_media(plan.operation->body->content, plan.request_media));
  for (std::size_t i = 0; i < plan.responses.size(); ++i) {
    PORTICO_CHECK_OK(add_media(plan.operation->responses[i].content, plan.responses[i].media));
  }
  plan.seal = std::move(seal);
  return {};
}

// A component that is in no body is a slip of the pen.
Result<void> SealPlanner::check_names() {
  const auto check = [&](const policy::Text& name) -> Result<void> {
    if (!is_component_name(name.text)) return {};
    const ComponentName split = component_name(name.text);
    if (met_.contains({split.component, split.property})) return {};
    return failure(ErrorCode::kInvalid, "no JSON body holds the component of \"" + printable(name.text) + '"',
                   name.place, "Name a schema that bodies refer to by $ref, and a property of it: Parcel.id");
  };
  for (const policy::SealedType& type : seal_.types) {
    for (const policy::Text& name : type.names) PORTICO_CHECK_OK(check(name));
  }
  for (const policy::Text& name : seal_.ids) PORTICO_CHECK_OK(check(name));
  return {};
}

}  // namespace

Result<void> add_seals(std::vector<OperationPlan>& plans, const policy::Policy& policy,
                       const contract::Contract& contract, std::vector<std::string>& notes) {
  if (!policy.seal) return {};
  SealPlanner planner(policy, contract, notes);
  PORTICO_CHECK_OK(planner.prepare());
  for (OperationPlan& plan : plans) PORTICO_CHECK_OK(planner.add(plan));
  return planner.check_names();
}

}  // namespace portico::guard
