// A validator of JSON Schema that is slow and obvious: it walks schema and instance trees together, recursively, one
// keyword after the other, as the standards' text reads. The engine in src/schema must agree with it on everything.
//
// It shares with the engine what is not about validation: reading trees, resolving URIs, formats, patterns, decimals.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "json/tree.h"
#include "schema/compile.h"

namespace portico::reference {

struct Options {
  schema::Dialect dialect = schema::Dialect::kJsonSchema202012;
  schema::Direction direction = schema::Direction::kNeither;
  schema::Formats formats = schema::Formats::kAssert;
};

// What a schema said about an instance.
struct Verdict {
  bool valid = true;
  std::set<std::string, std::less<>> properties;  // evaluated
  std::set<std::size_t> items;
};

// What cannot be answered: a broken reference, a schema that is none, endless recursion.
struct Unanswerable {
  std::string why;
};

class Validator {
 public:
  using Load = std::function<const json::Node*(const std::string& uri)>;  // null: not there

  // The schema is a document of its own, known as `uri`.
  Validator(const json::Node& schema, std::string uri, Options options, Load load);

  // Throws Unanswerable.
  bool valid(const json::Node& instance);

 private:
  // A schema in its surroundings.
  struct Place {
    const json::Node* node;
    std::string base;  // URI of its resource
  };
  struct Resource {
    const json::Node* root;
    schema::Dialect dialect;
    std::set<std::string> vocabularies;  // empty: all
    std::map<std::string, const json::Node*> anchors;
    std::map<std::string, const json::Node*> dynamic_anchors;
  };
  using Scope = std::vector<std::string>;  // URIs of resources entered, outermost first

  void walk(const json::Node& node, std::string base, schema::Dialect dialect, const std::string& document);
  void walk_children(const json::Node& node, const std::string& base, schema::Dialect dialect,
                     const std::string& document);
  void read_dialect(const json::Node& root, Resource& resource);
  Resource& resource(const std::string& uri);
  Place follow(const Place& from, std::string_view reference);
  Place by_pointer(const std::string& base, std::string_view pointer);
  Place child(const Place& parent, const json::Node& node) const;

  Verdict check(const Place& schema, const json::Node& instance, Scope scope);
  bool has(const Place& schema, std::string_view vocabulary);
  Verdict references(const Place& schema, const json::Node& instance, const Scope& scope);
  bool assertions(const Place& schema, const json::Node& instance);
  bool numbers(const Place& schema, const json::Node& instance);
  bool strings(const Place& schema, const json::Node& instance);
  bool is_type(const json::Node& instance, std::string_view type, schema::Dialect dialect) const;
  void combine(const Place& schema, const json::Node& instance, const Scope& scope, Verdict& verdict);
  void arrays(const Place& schema, const json::Node& instance, const Scope& scope, Verdict& verdict);
  void objects(const Place& schema, const json::Node& instance, const Scope& scope, Verdict& verdict);
  void dependencies(const Place& schema, const json::Node& instance, const Scope& scope, Verdict& verdict);
  void unevaluated(const Place& schema, const json::Node& instance, const Scope& scope, Verdict& verdict);
  bool misdirected(const Place& property, int depth = 0);

  json::Node const& root_;
  std::string root_uri_;
  Options options_;
  Load load_;
  std::map<std::string, Resource> resources_;
  std::map<const json::Node*, std::string> bases_;  // roots of resources
  int depth_ = 0;
};

bool equal(const json::Node& a, const json::Node& b);

}  // namespace portico::reference
