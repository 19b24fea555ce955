#include "reference/reference.h"

#include <algorithm>

#include "base/text.h"
#include "regex/pattern.h"
#include "schema/formats.h"
#include "schema/keyword.h"
#include "schema/number.h"
#include "schema/uri.h"

namespace portico::reference {
namespace {

using json::Node;
using schema::Dialect;

constexpr int kDeepest = 400;

bool is_openapi(Dialect d) { return d == Dialect::kOpenApi20 || d == Dialect::kOpenApi30; }
bool is_old(Dialect d) { return d == Dialect::kDraft4 || d == Dialect::kDraft6 || d == Dialect::kDraft7; }
bool is_2020(Dialect d) { return d == Dialect::kJsonSchema202012; }
// `$ref` hides everything beside it.
bool ref_alone(Dialect d) { return is_old(d) || is_openapi(d); }
bool whole_doubles(Dialect d) { return d != Dialect::kDraft4 && !is_openapi(d); }

bool contains_fits(std::size_t matches, const Node* min, const Node* max) {
  const auto least = min == nullptr ? 1 : min->integer().value_or(1);
  if (matches < static_cast<std::size_t>(least)) return false;
  return max == nullptr || !max->integer() || matches <= static_cast<std::size_t>(*max->integer());
}

schema::Decimal decimal(const Node& number) {
  schema::Decimal d;
  schema::parse_decimal(number.text(), d);
  return d;
}

std::size_t length(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool matches(const Node& pattern, std::string_view text) {
  const auto compiled = regex::Pattern::compile(pattern.text());
  return compiled && compiled->matches(text);
}

bool is_refused(std::string_view pattern) { return !regex::Pattern::compile(pattern); }

void merge(Verdict& into, const Verdict& from) {
  into.valid = into.valid && from.valid;
  into.properties.insert(from.properties.begin(), from.properties.end());
  into.items.insert(from.items.begin(), from.items.end());
}

}  // namespace

bool equal(const Node& a, const Node& b) {
  if (a.kind() != b.kind()) return false;
  if (a.is_number()) return schema::compare(decimal(a), decimal(b)) == 0;
  if (a.is_array()) {
    return std::ranges::equal(a.items(), b.items(), [](const Node* x, const Node* y) { return equal(*x, *y); });
  }
  if (a.is_object()) {
    return a.size() == b.size() && std::ranges::all_of(a.members(), [&](const json::Member& member) {
             const Node* other = b.find(member.key->text());
             return other != nullptr && equal(*member.value, *other);
           });
  }
  return a.text() == b.text();
}

Validator::Validator(const Node& schema, std::string uri, Options options, Load load)
    : root_(schema), root_uri_(std::move(uri)), options_(options), load_(std::move(load)) {
  walk(root_, root_uri_, options_.dialect, root_uri_);
}

bool Validator::valid(const Node& instance) {
  depth_ = 0;
  const auto base = bases_.find(&root_);
  return check({&root_, base == bases_.end() ? root_uri_ : base->second}, instance, {}).valid;
}

// Finds what `$schema` says of a resource.
void Validator::read_dialect(const Node& root, Resource& found) {
  const Node* meta = root.find("$schema");
  if (meta == nullptr || !meta->is_string()) return;
  std::string uri(without_fragment(meta->text()));
  if (const auto known = schema::dialect_of(uri)) {
    found.dialect = *known;
    return;
  }
  const Node* loaded = load_(uri);
  if (loaded == nullptr) return;
  if (const Node* vocabularies = loaded->find("$vocabulary"); vocabularies != nullptr) {
    found.dialect = Dialect::kJsonSchema202012;
    for (const auto& member : vocabularies->members()) {
      const std::string_view name = member.key->text();
      found.vocabularies.emplace(name.substr(name.rfind('/') + 1));
    }
  } else if (const auto known = schema::dialect_of(loaded->text_of("$schema"))) {
    found.dialect = *known;
  }
}

void Validator::walk(const Node& node, std::string base, Dialect dialect, const std::string& document) {
  if (!node.is_object()) return;
  const bool is_root = !resources_.contains(base);
  if (is_root) {
    Resource made{&node, dialect, {}, {}, {}};
    read_dialect(node, made);
    dialect = made.dialect;
    resources_.emplace(base, made);
    bases_[&node] = base;
  } else if (node.find("$schema") != nullptr) {
    Resource own{&node, dialect, {}, {}, {}};
    read_dialect(node, own);
    dialect = own.dialect;
  }
  if (is_openapi(dialect)) return;
  const bool hidden = ref_alone(dialect) && node.find("$ref") != nullptr;
  const Node* id = node.find(dialect == Dialect::kDraft4 ? "id" : "$id");
  if (id != nullptr && id->is_string() && !hidden) {
    const std::string uri = schema::resolve_resource(base, id->text());
    if (uri != base) {
      if (!resources_.contains(uri)) {
        Resource made{&node, dialect, {}, {}, {}};
        read_dialect(node, made);
        resources_.emplace(uri, made);
      }
      bases_[&node] = uri;
      base = uri;
    }
    const auto fragment = schema::fragment_of(id->text());
    if (is_old(dialect) && fragment && !fragment->empty()) resources_.at(base).anchors.emplace(*fragment, &node);
  }
  if (hidden && !is_root) return;
  if (!is_old(dialect)) {
    Resource& here = resources_.at(base);
    if (const auto name = node.text_of("$anchor"); !name.empty()) here.anchors.emplace(name, &node);
    if (const auto name = node.text_of("$dynamicAnchor"); !name.empty() && is_2020(dialect)) {
      here.anchors.emplace(name, &node);
      here.dynamic_anchors.emplace(name, &node);
    }
    const Node* recursive = node.find("$recursiveAnchor");
    if (dialect == Dialect::kDraft201909 && recursive != nullptr && recursive->is_true()) {
      here.dynamic_anchors.emplace("", &node);
    }
  }
  walk_children(node, base, dialect, document);
}

void Validator::walk_children(const Node& node, const std::string& base, Dialect dialect, const std::string& document) {
  const auto& rules = schema::rules_of(dialect);
  for (const auto& member : node.members()) {
    const auto keyword = schema::keyword_of(member.key->text());
    const bool definitions = keyword == schema::Keyword::kDefinitions || keyword == schema::Keyword::kDefs;
    if (!rules.has(keyword) && !definitions) continue;
    const auto held = schema::holds(keyword);
    using schema::Holds;
    if (held == Holds::kSchema || held == Holds::kSchemaOrSchemas) walk(*member.value, base, dialect, document);
    if (held == Holds::kSchemas || held == Holds::kSchemaOrSchemas) {
      for (const Node* item : member.value->items()) walk(*item, base, dialect, document);
    }
    if (held == Holds::kMap || held == Holds::kMapOfSchemasOrNames) {
      for (const auto& entry : member.value->members()) walk(*entry.value, base, dialect, document);
    }
  }
}

Validator::Resource& Validator::resource(const std::string& uri) {
  auto found = resources_.find(uri);
  if (found == resources_.end()) {
    const Node* loaded = load_(uri);
    if (loaded == nullptr) throw Unanswerable{"no document " + uri};
    walk(*loaded, uri, options_.dialect, uri);
    found = resources_.find(uri);
    if (found == resources_.end())
      found = resources_.emplace(uri, Resource{loaded, options_.dialect, {}, {}, {}}).first;
  }
  return found->second;
}

Validator::Place Validator::child(const Place& parent, const Node& node) const {
  const auto own = bases_.find(&node);
  return {&node, own == bases_.end() ? parent.base : own->second};
}

Validator::Place Validator::follow(const Place& from, std::string_view reference) {
  const std::string uri = schema::resolve_resource(from.base, reference);
  const Resource& target = resource(uri);
  const auto fragment = schema::fragment_of(reference);
  if (!fragment) throw Unanswerable{"bad fragment"};
  if (fragment->empty()) return child({nullptr, uri}, *target.root);
  if (fragment->front() == '/') return by_pointer(uri, *fragment);
  const auto anchor = target.anchors.find(*fragment);
  if (anchor == target.anchors.end()) throw Unanswerable{"no anchor " + *fragment};
  return child({nullptr, uri}, *anchor->second);
}

Validator::Place Validator::by_pointer(const std::string& base, std::string_view pointer) {
  Place at = child({nullptr, base}, *resources_.at(base).root);
  for (const std::string_view raw : split(pointer.substr(1), '/')) {
    std::string token;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      const bool escaped = raw[i] == '~' && i + 1 < raw.size();
      token += escaped ? (raw[++i] == '0' ? '~' : '/') : raw[i];
    }
    const Node* next = at.node->find(token);
    if (at.node->is_array()) {
      const auto index = parse_uint(token);
      if (index && *index < at.node->size()) next = at.node->items()[*index];
    }
    if (next == nullptr) throw Unanswerable{"pointer leads nowhere"};
    at = child(at, *next);
  }
  return at;
}

bool Validator::has(const Place& at, std::string_view vocabulary) {
  const Resource& here = resource(at.base);
  return here.vocabularies.empty() || here.vocabularies.contains(std::string(vocabulary));
}

Verdict Validator::check(const Place& at, const Node& instance, Scope scope) {
  if (++depth_ > kDeepest) throw Unanswerable{"recursion without end"};
  struct Leave {
    int& depth;
    ~Leave() { --depth; }
  } const leave{depth_};
  if (at.node->is_boolean()) return {at.node->is_true(), {}, {}};
  if (!at.node->is_object()) throw Unanswerable{"not a schema"};
  if (std::ranges::find(scope, at.base) == scope.end()) scope.push_back(at.base);
  const Dialect dialect = resource(at.base).dialect;
  Verdict verdict = references(at, instance, scope);
  if (ref_alone(dialect) && at.node->find("$ref") != nullptr) return verdict;
  if (has(at, "validation") && !assertions(at, instance)) verdict.valid = false;
  if (!strings(at, instance)) verdict.valid = false;
  if (has(at, "applicator")) {
    combine(at, instance, scope, verdict);
    arrays(at, instance, scope, verdict);
    objects(at, instance, scope, verdict);
    dependencies(at, instance, scope, verdict);
  }
  if (!is_old(dialect) && !is_openapi(dialect) && has(at, "unevaluated")) unevaluated(at, instance, scope, verdict);
  if (!verdict.valid) return {false, {}, {}};
  return verdict;
}

Verdict Validator::references(const Place& at, const Node& instance, const Scope& scope) {
  Verdict verdict;
  if (const Node* ref = at.node->find("$ref"); ref != nullptr) {
    if (!ref->is_string()) throw Unanswerable{"$ref is no string"};
    merge(verdict, check(follow(at, ref->text()), instance, scope));
  }
  const Dialect dialect = resource(at.base).dialect;
  const bool dynamic = is_2020(dialect);
  const Node* ref = at.node->find(dynamic ? "$dynamicRef" : "$recursiveRef");
  if (ref == nullptr || is_old(dialect) || is_openapi(dialect)) return verdict;
  if (!ref->is_string()) throw Unanswerable{"$dynamicRef is no string"};
  Place target = follow(at, ref->text());
  const std::string name = schema::fragment_of(ref->text()).value_or("");
  const auto& anchors = resource(schema::resolve_resource(at.base, ref->text())).dynamic_anchors;
  const auto bookend = anchors.find(name);
  if (bookend != anchors.end() && (dynamic ? !name.empty() : true) && bookend->second == target.node) {
    for (const std::string& uri : scope) {
      const auto& outer = resource(uri).dynamic_anchors;
      const auto found = outer.find(name);
      if (found == outer.end()) continue;
      target = child({nullptr, uri}, *found->second);
      break;
    }
  }
  merge(verdict, check(target, instance, scope));
  return verdict;
}

bool Validator::is_type(const Node& instance, std::string_view type, Dialect dialect) const {
  if (type == "integer") {
    if (!instance.is_number()) return false;
    if (whole_doubles(dialect)) return decimal(instance).is_whole();
    return instance.text().find_first_of(".eE") == std::string_view::npos;
  }
  return json::name(instance.kind()) == type;
}

bool Validator::assertions(const Place& at, const Node& instance) {
  const Node& node = *at.node;
  const Dialect dialect = resource(at.base).dialect;
  if (const Node* type = node.find("type"); type != nullptr) {
    const bool is_null = instance.is_null() && dialect == Dialect::kOpenApi30 && node.find("nullable") != nullptr &&
                         node.find("nullable")->is_true();
    bool any = is_null;
    if (type->is_string()) any = any || is_type(instance, type->text(), dialect);
    for (const Node* one : type->items()) any = any || is_type(instance, one->text(), dialect);
    if (!any && !(dialect == Dialect::kOpenApi20 && type->text() == "file")) return false;
  }
  const auto same = [&](const Node* value) { return equal(*value, instance); };
  const Node* values = node.find("enum");
  if (values != nullptr && values->is_array() && std::ranges::none_of(values->items(), same)) return false;
  const Node* constant = node.find("const");
  if (constant != nullptr && dialect != Dialect::kDraft4 && !is_openapi(dialect) && !same(constant)) return false;
  if (!numbers(at, instance)) return false;
  const auto between = [&](std::size_t size, const char* min, const char* max) {
    const Node* low = node.find(min);
    const Node* high = node.find(max);
    const auto least = low == nullptr ? std::nullopt : low->integer();
    const auto most = high == nullptr ? std::nullopt : high->integer();
    if (least && *least > 0 && size < static_cast<std::size_t>(*least)) return false;
    return !most || *most < 0 || size <= static_cast<std::size_t>(*most);
  };
  if (instance.is_string()) {
    if (!between(length(instance.text()), "minLength", "maxLength")) return false;
    const Node* pattern = node.find("pattern");
    if (pattern != nullptr && pattern->is_string() && !matches(*pattern, instance.text())) return false;
  }
  if (instance.is_array()) {
    if (!between(instance.size(), "minItems", "maxItems")) return false;
    const Node* unique = node.find("uniqueItems");
    const auto items = instance.items();
    for (std::size_t i = 0; unique != nullptr && unique->is_true() && i < items.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (equal(*items[i], *items[j])) return false;
      }
    }
  }
  if (instance.is_object() && !between(instance.size(), "minProperties", "maxProperties")) return false;
  if (const Node* required = node.find("required"); required != nullptr && instance.is_object()) {
    for (const Node* name : required->items()) {
      if (!name->is_string() || instance.find_member(name->text()) != nullptr) continue;
      const Node* properties = node.find("properties");
      const Node* property = properties == nullptr ? nullptr : properties->find(name->text());
      if (is_openapi(dialect) && property != nullptr && misdirected(child(at, *property))) continue;
      return false;
    }
  }
  return true;
}

bool Validator::numbers(const Place& at, const Node& instance) {
  if (!instance.is_number()) return true;
  const Node& node = *at.node;
  const Dialect dialect = resource(at.base).dialect;
  const bool boolean_bounds = dialect == Dialect::kDraft4 || is_openapi(dialect);
  const auto value = decimal(instance);
  const auto limit = [&](const char* name) {
    const Node* found = node.find(name);
    return found != nullptr && found->is_number() ? found : nullptr;
  };
  const auto strict = [&](const char* name) {
    return boolean_bounds && node.find(name) != nullptr && node.find(name)->is_true();
  };
  if (const Node* min = limit("minimum"); min != nullptr) {
    const int order = schema::compare(value, decimal(*min));
    if (order < 0 || (order == 0 && strict("exclusiveMinimum"))) return false;
  }
  if (const Node* max = limit("maximum"); max != nullptr) {
    const int order = schema::compare(value, decimal(*max));
    if (order > 0 || (order == 0 && strict("exclusiveMaximum"))) return false;
  }
  if (!boolean_bounds) {
    const Node* min = limit("exclusiveMinimum");
    const Node* max = limit("exclusiveMaximum");
    if (min != nullptr && schema::compare(value, decimal(*min)) <= 0) return false;
    if (max != nullptr && schema::compare(value, decimal(*max)) >= 0) return false;
  }
  const Node* divisor = limit("multipleOf");
  if (divisor == nullptr || decimal(*divisor).is_zero() || decimal(*divisor).negative) return true;
  return schema::is_multiple(value, decimal(*divisor));
}

bool Validator::strings(const Place& at, const Node& instance) {
  const Node* format = at.node->find("format");
  if (format == nullptr || !format->is_string() || options_.formats == schema::Formats::kAnnotate) return true;
  const Resource& here = resource(at.base);
  if (options_.formats == schema::Formats::kByVocabulary) {
    const bool old = is_old(here.dialect) || is_openapi(here.dialect);
    if (!old && !here.vocabularies.contains("format-assertion")) return true;
  }
  json::TapeBuilder tape;
  if (instance.is_string())
    tape.string(instance.text());
  else if (instance.is_number())
    tape.number_literal(instance.text());
  else
    return true;
  return schema::has_format(schema::format_of(format->text(), here.dialect), tape.finish(), json::TapeView::kFirst);
}

void Validator::combine(const Place& at, const Node& instance, const Scope& scope, Verdict& verdict) {
  const Dialect dialect = resource(at.base).dialect;
  const auto list = [&](const char* name) {
    const Node* found = at.node->find(name);
    const bool has_it = found != nullptr && (dialect != Dialect::kOpenApi20 || std::string_view(name) == "allOf");
    return has_it ? found->items() : std::span<const Node* const>();
  };
  for (const Node* one : list("allOf")) merge(verdict, check(child(at, *one), instance, scope));
  for (const char* name : {"anyOf", "oneOf"}) {
    std::size_t held = 0;
    for (const Node* one : list(name)) {
      const Verdict branch = check(child(at, *one), instance, scope);
      if (!branch.valid) continue;
      ++held;
      merge(verdict, branch);
    }
    const bool one = std::string_view(name) == "oneOf";
    if (!list(name).empty() && (held == 0 || (one && held > 1))) verdict.valid = false;
  }
  const Node* negated = at.node->find("not");
  if (negated != nullptr && dialect != Dialect::kOpenApi20 && check(child(at, *negated), instance, scope).valid) {
    verdict.valid = false;
  }
  const Node* condition = at.node->find("if");
  if (condition == nullptr || dialect == Dialect::kDraft4 || dialect == Dialect::kDraft6 || is_openapi(dialect)) return;
  const Verdict held = check(child(at, *condition), instance, scope);
  if (held.valid) merge(verdict, held);
  const Node* next = at.node->find(held.valid ? "then" : "else");
  if (next != nullptr) merge(verdict, check(child(at, *next), instance, scope));
}

void Validator::arrays(const Place& at, const Node& instance, const Scope& scope, Verdict& verdict) {
  if (!instance.is_array()) return;
  const Dialect dialect = resource(at.base).dialect;
  const auto elements = instance.items();
  const Node* items = at.node->find("items");
  const Node* prefix = is_2020(dialect) ? at.node->find("prefixItems") : nullptr;
  if (!is_2020(dialect) && !is_openapi(dialect) && items != nullptr && items->is_array()) {
    prefix = items;
    items = at.node->find("additionalItems");
  }
  const std::size_t first = prefix == nullptr ? 0 : std::min(prefix->size(), elements.size());
  for (std::size_t i = 0; i < first; ++i) {
    verdict.items.insert(i);
    if (!check(child(at, *prefix->items()[i]), *elements[i], scope).valid) verdict.valid = false;
  }
  for (std::size_t i = first; items != nullptr && !items->is_array() && i < elements.size(); ++i) {
    verdict.items.insert(i);
    if (!check(child(at, *items), *elements[i], scope).valid) verdict.valid = false;
  }
  const Node* contains = at.node->find("contains");
  if (contains == nullptr || dialect == Dialect::kDraft4 || is_openapi(dialect)) return;
  std::size_t found = 0;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (!check(child(at, *contains), *elements[i], scope).valid) continue;
    ++found;
    if (is_2020(dialect)) verdict.items.insert(i);
  }
  const bool counted = !is_old(dialect) && has(at, "validation");
  const Node* min = counted ? at.node->find("minContains") : nullptr;
  const Node* max = counted ? at.node->find("maxContains") : nullptr;
  if (!contains_fits(found, min, max)) verdict.valid = false;
}

bool Validator::misdirected(const Place& property, int depth) {
  if (options_.direction == schema::Direction::kNeither || !property.node->is_object() || depth > 20) return false;
  const Dialect dialect = resource(property.base).dialect;
  if (options_.direction == schema::Direction::kResponse && dialect == Dialect::kOpenApi20) return false;
  const char* word = options_.direction == schema::Direction::kRequest ? "readOnly" : "writeOnly";
  const Node* ref = property.node->find("$ref");
  if (ref != nullptr && misdirected(follow(property, ref->text()), depth + 1)) return true;
  const Node* said = property.node->find(word);
  // The engine asks the place of the reference itself, too: what is written there is meant.
  if (said != nullptr && said->is_true()) return true;
  if (ref != nullptr && ref_alone(dialect)) return false;
  const Node* all = property.node->find("allOf");
  if (all == nullptr) return false;
  return std::ranges::any_of(all->items(),
                             [&](const Node* one) { return misdirected(child(property, *one), depth + 1); });
}

void Validator::objects(const Place& at, const Node& instance, const Scope& scope, Verdict& verdict) {
  if (!instance.is_object()) return;
  const Dialect dialect = resource(at.base).dialect;
  const Node* properties = at.node->find("properties");
  const Node* patterns = is_openapi(dialect) ? nullptr : at.node->find("patternProperties");
  const Node* additional = at.node->find("additionalProperties");
  const Node* required = at.node->find("required");
  for (const auto& member : instance.members()) {
    const std::string_view name = member.key->text();
    bool mentioned = false;
    if (const Node* property = properties == nullptr ? nullptr : properties->find(name); property != nullptr) {
      mentioned = true;
      const Place place = child(at, *property);
      const bool must = required != nullptr &&
                        std::ranges::any_of(required->items(), [&](const Node* r) { return r->text() == name; });
      if (misdirected(place) && (is_openapi(dialect) || !must)) {
        verdict.valid = false;
      } else if (!check(place, *member.value, scope).valid) {
        verdict.valid = false;
      }
    }
    bool refused = false;
    if (patterns != nullptr) {
      for (const auto& pattern : patterns->members()) {
        refused |= is_refused(pattern.key->text());
        if (!matches(*pattern.key, name)) continue;
        mentioned = true;
        if (!check(child(at, *pattern.value), *member.value, scope).valid) verdict.valid = false;
      }
    }
    if (refused && !mentioned) verdict.valid = false;
    if (!mentioned && additional != nullptr) {
      mentioned = true;
      if (!check(child(at, *additional), *member.value, scope).valid) verdict.valid = false;
    }
    if (mentioned) verdict.properties.emplace(name);
  }
  const Node* names = at.node->find("propertyNames");
  if (names == nullptr || dialect == Dialect::kDraft4 || is_openapi(dialect)) return;
  for (const auto& member : instance.members()) {
    if (!check(child(at, *names), *member.key, scope).valid) verdict.valid = false;
  }
}

void Validator::dependencies(const Place& at, const Node& instance, const Scope& scope, Verdict& verdict) {
  const Dialect dialect = resource(at.base).dialect;
  if (!instance.is_object() || is_openapi(dialect)) return;
  for (const char* keyword : {"dependencies", "dependentRequired", "dependentSchemas"}) {
    const Node* map = at.node->find(keyword);
    if (map == nullptr || !map->is_object() || (is_old(dialect) && std::string_view(keyword) != "dependencies"))
      continue;
    for (const auto& entry : map->members()) {
      if (instance.find_member(entry.key->text()) == nullptr) continue;
      if (entry.value->is_array() && std::string_view(keyword) != "dependentSchemas") {
        const auto there = [&](const Node* name) {
          return !name->is_string() || instance.find_member(name->text()) != nullptr;
        };
        if (!std::ranges::all_of(entry.value->items(), there)) verdict.valid = false;
      } else if (std::string_view(keyword) != "dependentRequired") {
        merge(verdict, check(child(at, *entry.value), instance, scope));
      }
    }
  }
}

void Validator::unevaluated(const Place& at, const Node& instance, const Scope& scope, Verdict& verdict) {
  if (const Node* rest = at.node->find("unevaluatedItems"); rest != nullptr && instance.is_array()) {
    for (std::size_t i = 0; i < instance.size(); ++i) {
      if (verdict.items.contains(i)) continue;
      if (!check(child(at, *rest), *instance.items()[i], scope).valid) verdict.valid = false;
      verdict.items.insert(i);
    }
  }
  const Node* rest = at.node->find("unevaluatedProperties");
  if (rest == nullptr || !instance.is_object()) return;
  for (const auto& member : instance.members()) {
    if (verdict.properties.contains(member.key->text())) continue;
    if (!check(child(at, *rest), *member.value, scope).valid) verdict.valid = false;
    verdict.properties.emplace(member.key->text());
  }
}

}  // namespace portico::reference
