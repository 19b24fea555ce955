#include "schema/graph.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace portico::schema {
namespace {

// More parts than this are compiled apart: conjunctions of generated schemas must not multiply.
constexpr std::size_t kMaxParts = 64;

constexpr std::uint64_t kReferences = bit(Keyword::kRef) | bit(Keyword::kDynamicRef) | bit(Keyword::kRecursiveRef);

// Keywords that say nothing about the value by themselves.
constexpr std::uint64_t kSilent = kReferences | bit(Keyword::kSchema) | bit(Keyword::kId) | bit(Keyword::kDollarId) |
                                  bit(Keyword::kAnchor) | bit(Keyword::kDynamicAnchor) |
                                  bit(Keyword::kRecursiveAnchor) | bit(Keyword::kVocabulary) | bit(Keyword::kDefs) |
                                  bit(Keyword::kDefinitions) | bit(Keyword::kAllOf) | bit(Keyword::kContentSchema) |
                                  bit(Keyword::kDiscriminator) | bit(Keyword::kReadOnly) | bit(Keyword::kWriteOnly);

constexpr std::uint64_t kUnevaluatedWords = bit(Keyword::kUnevaluatedItems) | bit(Keyword::kUnevaluatedProperties);

}  // namespace

std::size_t SchemaGraph::KeyHash::operator()(const Key& key) const {
  const auto address = reinterpret_cast<std::uintptr_t>(key.node) >> 3;
  const std::uint64_t mixed =
      (address ^ (std::uint64_t{key.resource} << 40) ^ (std::uint64_t{key.scope} << 52)) * UINT64_C(0x9e3779b97f4a7c15);
  return static_cast<std::size_t>(mixed ^ (mixed >> 32));
}

SchemaGraph::SchemaGraph(Environment environment, Dialect dialect, Tables& tables, std::uint32_t max_scopes)
    : resources_(std::move(environment), dialect), tables_(tables), max_scopes_(max_scopes), scopes_(1) {
  tables_.paths.push_back({0, 0, 0});  // the root of a document
  for (std::size_t i = 0; i < kKeywordCount; ++i) {
    keyword_steps_.push_back(static_cast<std::uint32_t>(tables_.texts.size()));
    tables_.texts += name(static_cast<Keyword>(i));
  }
}

Keywords SchemaGraph::keywords(SchemaId id) const { return Keywords(*infos_[id].node, rules(id)); }

std::uint32_t SchemaGraph::add_step(std::uint32_t parent, std::string_view token) {
  tables_.paths.push_back(
      {parent, static_cast<std::uint32_t>(tables_.texts.size()), static_cast<std::uint32_t>(token.size())});
  tables_.texts += token;
  return static_cast<std::uint32_t>(tables_.paths.size() - 1);
}

std::uint32_t SchemaGraph::path_of_pointer(std::string_view pointer) {
  std::uint32_t path = 0;
  if (pointer.empty()) return path;
  for (const std::string_view token : split(pointer.substr(1), '/')) {
    std::string plain;
    for (std::size_t i = 0; i < token.size(); ++i) {
      const bool escape = token[i] == '~' && i + 1 < token.size();
      plain += escape ? (token[++i] == '0' ? '~' : '/') : token[i];
    }
    path = add_step(path, plain);
  }
  return path;
}

SchemaId SchemaGraph::find_or_add(const json::Node& node, ResourceId resource, std::uint32_t scope,
                                  std::uint32_t parent_path, Keyword holder, std::string_view token, bool has_token) {
  const auto id = static_cast<SchemaId>(infos_.size());
  const auto [entry, added] = ids_.try_emplace(Key{&node, resource, scope}, id);
  if (!added) return entry->second;
  std::uint32_t path = parent_path;
  if (holder != Keyword::kNone) {
    tables_.paths.push_back({parent_path, keyword_steps_[static_cast<std::size_t>(holder)],
                             static_cast<std::uint32_t>(name(holder).size())});
    path = static_cast<std::uint32_t>(tables_.paths.size() - 1);
  }
  if (has_token) path = add_step(path, token);
  infos_.push_back({&node, resource, scope, path, parent_path, holder});
  canonical_.push_back(kNoBlock);
  on_path_.push_back(0);
  done_.push_back(0);
  return id;
}

Result<SchemaId> SchemaGraph::root(const json::Node& schema) {
  PORTICO_TRY(const Target found, resources_.locate(schema));
  return target(found, 0);
}

Result<SchemaId> SchemaGraph::target(const Target& found, std::uint32_t scope) {
  PORTICO_TRY(scope, entered(scope, found.resource));
  const Key key{found.node, found.resource, scope};
  if (const auto known = ids_.find(key); known != ids_.end()) return known->second;
  return find_or_add(*found.node, found.resource, scope, path_of_pointer(found.pointer), Keyword::kNone, {}, false);
}

SchemaId SchemaGraph::child(SchemaId parent, const json::Node& node, Keyword holder) {
  return child_at(parent, node, holder, {}, false);
}

SchemaId SchemaGraph::child(SchemaId parent, const json::Node& node, Keyword holder, std::string_view token) {
  return child_at(parent, node, holder, token, true);
}

SchemaId SchemaGraph::child(SchemaId parent, const json::Node& node, Keyword holder, std::size_t index) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), index).ptr;
  return child(parent, node, holder, std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
}

SchemaId SchemaGraph::child_at(SchemaId parent, const json::Node& node, Keyword holder, std::string_view token,
                               bool has_token) {
  const SchemaInfo from = infos_[parent];
  const ResourceId resource = resources_.resource_of(node, from.resource);
  std::uint32_t scope = from.scope;
  if (resource != from.resource) {
    // A scope too many shows as an error where the next reference is followed.
    if (const auto inside = entered(scope, resource)) scope = *inside;
  }
  return find_or_add(node, resource, scope, from.path, holder, token, has_token);
}

Result<std::uint32_t> SchemaGraph::entered(std::uint32_t scope, ResourceId resource) {
  const auto& anchors = resources_[resource].anchors;
  if (anchors.empty()) return scope;
  const auto known = entered_.find({scope, resource});
  if (known != entered_.end()) return known->second;
  Scope inside = scopes_[scope];
  bool grown = false;
  for (const auto& [name, anchor] : anchors) {
    if (!anchor.dynamic) continue;
    grown |= inside.try_emplace(name, Anchor{anchor.node, resource, anchor.pointer}).second;
  }
  std::uint32_t id = scope;
  if (grown) {
    const auto same = [&](const Scope& other) {
      return std::ranges::equal(other, inside, [](const auto& a, const auto& b) {
        return a.first == b.first && a.second.node == b.second.node && a.second.resource == b.second.resource;
      });
    };
    const auto found = std::ranges::find_if(scopes_, same);
    id = static_cast<std::uint32_t>(found - scopes_.begin());
    if (found == scopes_.end()) {
      if (scopes_.size() >= max_scopes_) {
        return failure(ErrorCode::kLimit,
                       "more than " + std::to_string(max_scopes_) + " dynamic scopes ($dynamicAnchor) are in use",
                       resources_.place(*resources_[resource].root));
      }
      scopes_.push_back(std::move(inside));
    }
  }
  entered_.emplace(std::pair{scope, resource}, id);
  return id;
}

Result<SchemaId> SchemaGraph::follow(SchemaId from, Keyword keyword, const json::Node& reference) {
  const SchemaInfo info = infos_[from];
  if (!reference.is_string()) {
    return failure(ErrorCode::kInvalid, std::string(name(keyword)) + " must be a string", resources_.place(reference));
  }
  PORTICO_TRY(Target found, resources_.resolve(info.resource, reference.text(), reference));
  if (keyword != Keyword::kRef && found.is_dynamic) {
    const auto& scope = scopes_[info.scope];
    const auto outermost = scope.find(found.dynamic);
    if (outermost != scope.end()) {
      found.node = outermost->second.node;
      found.resource = outermost->second.resource;
      found.pointer = outermost->second.pointer;
    }
  }
  return target(found, info.scope);
}

Result<void> SchemaGraph::successors(SchemaId id, const Keywords& keywords, std::vector<SchemaId>& out) {
  for (const Keyword keyword : {Keyword::kRef, Keyword::kDynamicRef, Keyword::kRecursiveRef}) {
    if (keywords[keyword] == nullptr) continue;
    PORTICO_TRY(const SchemaId next, follow(id, keyword, *keywords[keyword]));
    out.push_back(next);
  }
  if (const json::Node* all = keywords[Keyword::kAllOf]; all != nullptr) {
    for (std::size_t i = 0; i < all->items().size(); ++i) {
      out.push_back(child(id, *all->items()[i], Keyword::kAllOf, i));
    }
  }
  return {};
}

SchemaId SchemaGraph::canonical(SchemaId id) {
  if (canonical_[id] != kNoBlock) return canonical_[id];
  std::vector<SchemaId> chain;
  SchemaId at = id;
  while (canonical_[at] == kNoBlock) {
    canonical_[at] = at;  // also ends cycles; conjunction() reports them
    chain.push_back(at);
    if (!infos_[at].node->is_object()) break;
    const Keywords found = keywords(at);
    if ((found.present() & kReferences) == 0 || (found.present() & ~kSilent) != 0 || found.has(Keyword::kAllOf)) break;
    std::vector<SchemaId> next;
    if (!successors(at, found, next) || next.size() != 1) break;
    at = next.front();
  }
  at = canonical_[at];
  for (const SchemaId link : chain) canonical_[link] = at;
  return at;
}

bool SchemaGraph::says(SchemaId id, Keyword keyword) {
  std::vector<SchemaId> reached{id};
  for (std::size_t i = 0; i < reached.size() && i < kMaxParts; ++i) {
    const SchemaId at = reached[i];
    if (!infos_[at].node->is_object()) continue;
    const Keywords found = keywords(at);
    if (found[keyword] != nullptr && found[keyword]->is_true()) return true;
    // Hidden by a reference that stands alone, and said all the same.
    const json::Node* beside = rules(at).has(keyword) ? infos_[at].node->find(name(keyword)) : nullptr;
    if (beside != nullptr && beside->is_true()) return true;
    std::vector<SchemaId> next;
    // A broken reference shows when the schema is compiled.
    if (!successors(at, found, next)) continue;
    for (const SchemaId part : next) {
      if (std::ranges::find(reached, part) == reached.end()) reached.push_back(part);
    }
  }
  return false;
}

Result<Conjunction> SchemaGraph::conjunction(std::span<const SchemaId> schemas) {
  struct Step {
    SchemaId id;
    bool leave;
  };
  Conjunction out;
  ++generation_;
  std::vector<Step> steps;
  for (std::size_t i = schemas.size(); i-- > 0;) steps.push_back({schemas[i], false});
  std::vector<SchemaId> next;
  bool first = schemas.size() == 1;
  while (!steps.empty()) {
    const auto [id, leave] = steps.back();
    steps.pop_back();
    if (leave) {
      on_path_[id] = 0;
      continue;
    }
    const json::Node& node = *infos_[id].node;
    if (on_path_[id] == generation_) {
      return failure(ErrorCode::kInvalid, "this schema refers to itself without descending into the value",
                     resources_.place(node), "break the circle of $ref and allOf");
    }
    if (done_[id] == generation_) continue;
    done_[id] = generation_;
    const bool owner = first;
    first = false;
    if (node.is_boolean()) {
      if (!node.is_true()) out.never = id;
      continue;
    }
    if (!node.is_object()) {
      return failure(ErrorCode::kInvalid, "a schema must be an object, not " + std::string(json::name(node.kind())),
                     resources_.place(node));
    }
    Keywords found = keywords(id);
    if ((!owner && (found.present() & kUnevaluatedWords) != 0) || out.parts.size() >= kMaxParts) {
      out.calls.push_back(id);
      continue;
    }
    next.clear();
    PORTICO_CHECK_OK(successors(id, found, next));
    if ((found.present() & ~kSilent) != 0) out.parts.push_back({id, found});
    if (next.empty()) continue;
    on_path_[id] = generation_;
    steps.push_back({id, true});
    for (std::size_t i = next.size(); i-- > 0;) steps.push_back({next[i], false});
  }
  return out;
}

}  // namespace portico::schema
