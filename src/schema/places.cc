#include "schema/places.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "regex/alphabet.h"
#include "schema/formats.h"
#include "schema/graph.h"

namespace portico::schema {
namespace {

constexpr std::size_t kMostPlaces = 200'000;

// What may stand in a string without making it anybody's syntax: no quotes, brackets, separators or white space.
constexpr std::string_view kHarmless = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.:,@+~";

bool is_strict_pattern(std::string_view pattern) {
  const auto alphabet = regex::alphabet_of(pattern);
  if (!alphabet) return false;
  regex::Ascii rest = *alphabet;
  for (const char c : kHarmless) rest.reset(static_cast<std::size_t>(c));
  return rest.none();
}

bool is_strict_format(Format format) {
  switch (format) {
    case Format::kDate:
    case Format::kTime:
    case Format::kDateTime:
    case Format::kDuration:
    case Format::kUuid:
    case Format::kByte:
    case Format::kBase64Url:
    case Format::kChar:
    case Format::kHttpDate:
    case Format::kDateTimeLocal:
    case Format::kTimeLocal:
    case Format::kSfBinary:
    case Format::kSfBoolean:
    case Format::kSfInteger:
    case Format::kSfDecimal: return true;
    default: return false;
  }
}

bool is_object(const json::Node* node) { return node != nullptr && node->is_object(); }
bool is_false(const json::Node* node) { return node != nullptr && node->is_boolean() && !node->is_true(); }

}  // namespace

struct PlaceCompiler::State {
  State(Environment environment, Dialect dialect, Labeller given)
      : labeller(std::move(given)),
        graph(environment, dialect, scratch, CompileOptions{}.max_dynamic_scopes),
        branches(std::move(environment),
                 {.dialect = dialect, .misdirected = Misdirected::kIgnore, .additional = Additional::kOpened}) {}

  struct Pending {
    PlaceId id;
    std::vector<SchemaId> schemas;
    std::string parent;
  };

  PlaceId place_of(std::vector<SchemaId> schemas, std::string_view parent);
  Result<void> work();
  Result<void> fill(const Pending& pending);
  Result<std::vector<Part>> parts_of(const std::vector<SchemaId>& schemas);
  void add_properties(PlaceFacts& place, const std::vector<Part>& parts, std::string_view parent);
  PlaceProperty property(const std::vector<Part>& parts, std::string_view name, std::string_view parent);
  PlaceProperty described(std::vector<SchemaId> schemas, std::string_view name, std::string_view parent);
  void add_patterns(PlaceFacts& place, const Part& part, std::string_view parent);
  void add_items(PlaceFacts& place, const std::vector<Part>& parts, std::string_view parent);
  Result<void> add_branches(std::vector<PlaceBranch>& found, const Part& part, std::string_view parent);
  Result<PlaceBranch> branch(SchemaId schema, std::string_view parent);
  bool binds(const Part& part) const;
  int pattern(std::string_view text);

  Labeller labeller;
  Tables scratch;  // what the graph writes its paths to
  SchemaGraph graph;
  Compiler branches;
  std::shared_ptr<Places> made = std::make_shared<Places>();
  std::map<std::vector<SchemaId>, PlaceId> ids;
  std::vector<Pending> pending;
  std::map<std::string, int, std::less<>> pattern_ids;
};

PlaceId PlaceCompiler::State::place_of(std::vector<SchemaId> schemas, std::string_view parent) {
  for (SchemaId& id : schemas) id = graph.canonical(id);
  std::ranges::sort(schemas);
  schemas.erase(std::unique(schemas.begin(), schemas.end()), schemas.end());
  if (schemas.empty()) return kAnyPlace;
  const auto id = static_cast<PlaceId>(made->places.size());
  const auto [entry, added] = ids.try_emplace(schemas, id);
  if (!added) return entry->second;
  made->places.emplace_back();
  pending.push_back({id, std::move(schemas), std::string(parent)});
  return id;
}

Result<void> PlaceCompiler::State::work() {
  while (!pending.empty()) {
    if (made->places.size() > kMostPlaces) {
      return failure(ErrorCode::kLimit,
                     "the schemas' combinations have more than " + std::to_string(kMostPlaces) + " places",
                     graph.place(pending.back().schemas.front()));
    }
    const Pending next = std::move(pending.back());
    pending.pop_back();
    PORTICO_CHECK_OK(fill(next));
  }
  return {};
}

// All schema objects that speak of the value without a choice, those with unevaluated* of their own included.
Result<std::vector<Part>> PlaceCompiler::State::parts_of(const std::vector<SchemaId>& schemas) {
  std::vector<Part> parts;
  std::vector<SchemaId> left = schemas;
  std::set<SchemaId> called;
  while (!left.empty()) {
    PORTICO_TRY(Conjunction all, graph.conjunction(left));
    left.clear();
    for (const Part& part : all.parts) {
      if (std::ranges::find(parts, part.id, &Part::id) == parts.end()) parts.push_back(part);
    }
    for (const SchemaId call : all.calls) {
      // Alone, a schema is the owner of its keywords, and not called again.
      if (!called.insert(call).second) continue;
      PORTICO_TRY(Conjunction own, graph.conjunction(std::span(&call, 1)));
      for (const Part& part : own.parts) {
        if (std::ranges::find(parts, part.id, &Part::id) == parts.end()) parts.push_back(part);
      }
      left.insert(left.end(), own.calls.begin(), own.calls.end());
    }
  }
  return parts;
}

bool PlaceCompiler::State::binds(const Part& part) const {
  const Keywords& words = part.keywords;
  if (words.has(Keyword::kEnum) || words.has(Keyword::kConst)) return true;
  const json::Node* format = words[Keyword::kFormat];
  if (format != nullptr && is_strict_format(format_of(format->text(), graph.rules(part.id).dialect))) return true;
  const json::Node* pattern = words[Keyword::kPattern];
  if (pattern != nullptr && pattern->is_string() && is_strict_pattern(pattern->text())) return true;
  // Nothing can be said in two letters.
  const json::Node* length = words[Keyword::kMaxLength];
  return length != nullptr && length->integer().value_or(INT64_MAX) <= 2;
}

int PlaceCompiler::State::pattern(std::string_view text) {
  const auto [entry, added] = pattern_ids.try_emplace(std::string(text), static_cast<int>(made->patterns.size()));
  if (!added) return entry->second;
  auto compiled = regex::Pattern::compile(text);
  if (!compiled) {
    // The validating program refuses every object that would need it.
    entry->second = -1;
    return -1;
  }
  made->patterns.push_back(*std::move(compiled));
  return entry->second;
}

PlaceProperty PlaceCompiler::State::described(std::vector<SchemaId> schemas, std::string_view name,
                                              std::string_view parent) {
  PlaceProperty property;
  for (const SchemaId id : schemas) {
    property.read_only = property.read_only || graph.says(id, Keyword::kReadOnly);
    property.write_only = property.write_only || graph.says(id, Keyword::kWriteOnly);
    // What refers to a component is labelled by what the component says.
    const json::Node& node = *graph[graph.canonical(id)].node;
    if (property.label == 0 && !name.empty() && labeller) property.label = labeller(name, node, parent);
  }
  property.place = place_of(std::move(schemas), name.empty() ? parent : name);
  return property;
}

PlaceProperty PlaceCompiler::State::property(const std::vector<Part>& parts, std::string_view name,
                                             std::string_view parent) {
  std::vector<SchemaId> schemas;
  for (const Part& part : parts) {
    const json::Node* properties = part.keywords[Keyword::kProperties];
    const json::Node* patterns = part.keywords[Keyword::kPatternProperties];
    const json::Member* member = is_object(properties) ? properties->find_member(name) : nullptr;
    bool covered = member != nullptr;
    if (covered) schemas.push_back(graph.child(part.id, *member->value, Keyword::kProperties, name));
    if (is_object(patterns)) {
      for (const json::Member& candidate : patterns->members()) {
        const int id = pattern(candidate.key->text());
        if (id < 0 || !made->patterns[static_cast<std::size_t>(id)].matches(name)) continue;
        schemas.push_back(graph.child(part.id, *candidate.value, Keyword::kPatternProperties, candidate.key->text()));
        covered = true;
      }
    }
    const json::Node* additional = part.keywords[Keyword::kAdditionalProperties];
    if (!covered && is_object(additional)) {
      schemas.push_back(graph.child(part.id, *additional, Keyword::kAdditionalProperties));
    }
  }
  return described(std::move(schemas), name, parent);
}

void PlaceCompiler::State::add_patterns(PlaceFacts& place, const Part& part, std::string_view parent) {
  const json::Node* patterns = part.keywords[Keyword::kPatternProperties];
  if (!is_object(patterns)) return;
  for (const json::Member& candidate : patterns->members()) {
    const int id = pattern(candidate.key->text());
    if (id < 0) continue;
    const SchemaId schema = graph.child(part.id, *candidate.value, Keyword::kPatternProperties, candidate.key->text());
    made->property_patterns.push_back({static_cast<std::uint32_t>(id), described({schema}, {}, parent)});
    ++place.pattern_count;
  }
}

void PlaceCompiler::State::add_properties(PlaceFacts& place, const std::vector<Part>& parts, std::string_view parent) {
  std::vector<std::string_view> names;
  std::set<std::string_view> seen;
  std::vector<SchemaId> others;
  for (const Part& part : parts) {
    const json::Node* properties = part.keywords[Keyword::kProperties];
    const json::Node* required = part.keywords[Keyword::kRequired];
    if (is_object(properties)) {
      place.lists = true;
      for (const json::Member& member : properties->members()) {
        if (seen.insert(member.key->text()).second) names.push_back(member.key->text());
      }
    }
    if (required != nullptr) {
      for (const json::Node* name : required->items()) {
        if (name->is_string() && seen.insert(name->text()).second) names.push_back(name->text());
      }
    }
    place.lists = place.lists || part.keywords.has(Keyword::kPatternProperties);
    for (const Keyword keyword : {Keyword::kAdditionalProperties, Keyword::kUnevaluatedProperties}) {
      const json::Node* rest = part.keywords[keyword];
      if (rest == nullptr) continue;
      if (is_false(rest)) {
        place.lists = true;
        continue;
      }
      place.takes_others = true;
      if (rest->is_object()) others.push_back(graph.child(part.id, *rest, keyword));
    }
  }
  std::vector<PlaceProperty> properties;
  properties.reserve(names.size());
  for (const std::string_view name : names) properties.push_back(property(parts, name, parent));
  place.keys = made->names.add(names);
  place.first_property = static_cast<std::uint32_t>(made->properties.size());
  made->properties.insert(made->properties.end(), properties.begin(), properties.end());
  place.others = described(std::move(others), {}, parent);
  place.first_pattern = static_cast<std::uint32_t>(made->property_patterns.size());
  for (const Part& part : parts) add_patterns(place, part, parent);
}

void PlaceCompiler::State::add_items(PlaceFacts& place, const std::vector<Part>& parts, std::string_view parent) {
  struct List {
    const Part* part;
    const json::Node* prefix;
    Keyword prefix_keyword;
    const json::Node* items;
    Keyword items_keyword;
  };
  std::vector<List> lists;
  std::size_t longest = 0;
  for (const Part& part : parts) {
    const json::Node* items = part.keywords[Keyword::kItems];
    List list{&part, part.keywords[Keyword::kPrefixItems], Keyword::kPrefixItems, items, Keyword::kItems};
    if (graph.rules(part.id).tuple_items && items != nullptr && items->is_array()) {
      list.prefix = items;
      list.prefix_keyword = Keyword::kItems;
      list.items = part.keywords[Keyword::kAdditionalItems];
      list.items_keyword = Keyword::kAdditionalItems;
    }
    if (list.items == nullptr) {
      list.items = part.keywords[Keyword::kUnevaluatedItems];
      list.items_keyword = Keyword::kUnevaluatedItems;
    }
    if (list.prefix != nullptr) longest = std::max(longest, list.prefix->items().size());
    if (list.prefix != nullptr || list.items != nullptr) lists.push_back(list);
  }
  const auto at = [&](std::size_t index) {
    std::vector<SchemaId> schemas;
    for (const List& list : lists) {
      if (list.prefix != nullptr && index < list.prefix->items().size()) {
        schemas.push_back(graph.child(list.part->id, *list.prefix->items()[index], list.prefix_keyword, index));
      } else if (is_object(list.items)) {
        schemas.push_back(graph.child(list.part->id, *list.items, list.items_keyword));
      }
    }
    return place_of(std::move(schemas), parent);
  };
  std::vector<PlaceId> items;
  for (std::size_t i = 0; i < longest; ++i) items.push_back(at(i));
  place.other_items = at(longest);
  place.first_item = static_cast<std::uint32_t>(made->items.size());
  place.item_count = static_cast<std::uint32_t>(items.size());
  made->items.insert(made->items.end(), items.begin(), items.end());
}

Result<PlaceBranch> PlaceCompiler::State::branch(SchemaId schema, std::string_view parent) {
  PlaceBranch found;
  PORTICO_TRY(found.program, branches.compile(*graph[schema].node));
  found.place = place_of({schema}, parent);
  return found;
}

Result<void> PlaceCompiler::State::add_branches(std::vector<PlaceBranch>& found, const Part& part,
                                                std::string_view parent) {
  for (const Keyword keyword : {Keyword::kAnyOf, Keyword::kOneOf}) {
    const json::Node* list = part.keywords[keyword];
    if (list == nullptr) continue;
    for (std::size_t i = 0; i < list->items().size(); ++i) {
      PORTICO_TRY(found.emplace_back(), branch(graph.child(part.id, *list->items()[i], keyword, i), parent));
    }
  }
  if (const json::Node* condition = part.keywords[Keyword::kIf]) {
    PlaceBranch& choice = found.emplace_back();
    PORTICO_TRY(choice, branch(graph.child(part.id, *condition, Keyword::kIf), parent));
    // What the condition itself names counts when it holds.
    std::vector<SchemaId> then{graph.child(part.id, *condition, Keyword::kIf)};
    if (const json::Node* node = part.keywords[Keyword::kThen]) {
      then.push_back(graph.child(part.id, *node, Keyword::kThen));
    }
    choice.place = place_of(std::move(then), parent);
    if (const json::Node* node = part.keywords[Keyword::kElse]) {
      choice.otherwise = place_of({graph.child(part.id, *node, Keyword::kElse)}, parent);
    }
  }
  for (const Keyword keyword : {Keyword::kDependentSchemas, Keyword::kDependencies}) {
    const json::Node* map = part.keywords[keyword];
    if (!is_object(map)) continue;
    for (const json::Member& member : map->members()) {
      if (member.value->is_array()) continue;  // names, which say nothing of places
      PlaceBranch& dependent = found.emplace_back();
      dependent.place = place_of({graph.child(part.id, *member.value, keyword, member.key->text())}, parent);
      dependent.trigger = made->triggers.emplace_back(member.key->text());
    }
  }
  return {};
}

Result<void> PlaceCompiler::State::fill(const Pending& next) {
  PORTICO_TRY(const std::vector<Part> parts, parts_of(next.schemas));
  PlaceFacts place;
  for (const Part& part : parts) place.bound = place.bound || binds(part);
  add_properties(place, parts, next.parent);
  add_items(place, parts, next.parent);
  std::vector<PlaceBranch> found;
  for (const Part& part : parts) PORTICO_CHECK_OK(add_branches(found, part, next.parent));
  place.first_branch = static_cast<std::uint32_t>(made->branches.size());
  place.branch_count = static_cast<std::uint32_t>(found.size());
  std::ranges::move(found, std::back_inserter(made->branches));
  made->places[next.id] = place;
  return {};
}

PlaceCompiler::PlaceCompiler(Environment environment, Dialect dialect, Labeller labeller)
    : state_(std::make_unique<State>(std::move(environment), dialect, std::move(labeller))) {}
PlaceCompiler::~PlaceCompiler() = default;
PlaceCompiler::PlaceCompiler(PlaceCompiler&&) noexcept = default;
PlaceCompiler& PlaceCompiler::operator=(PlaceCompiler&&) noexcept = default;

Result<PlaceId> PlaceCompiler::add(const json::Node& schema) {
  PORTICO_TRY(const SchemaId root, state_->graph.root(schema));
  const PlaceId id = state_->place_of({root}, {});
  PORTICO_CHECK_OK(state_->work());
  return id;
}

std::shared_ptr<const Places> PlaceCompiler::places() const { return state_->made; }

}  // namespace portico::schema
