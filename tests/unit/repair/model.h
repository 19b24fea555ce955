// What a repair should make of a document, worked out on trees: slow and obvious. Branches of choices are asked of the
// reference validator, on schemas without `additionalProperties: false`.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "json/tree.h"
#include "repair/plan.h"

namespace portico::repair {

// The label of a name in these tests, schema or not: m... is masked, r... rounded, d... dropped.
std::uint8_t label_of_name(std::string_view name);

class Model {
 public:
  Model(const json::Node& schema, const Plan& plan) : root_(schema), plan_(plan) {}

  // The repaired document in compact JSON.
  std::string repaired(const json::Node& instance);

 private:
  using Schemas = std::vector<const json::Node*>;
  struct Path {
    std::vector<std::string> tokens;
  };

  void applicable(const json::Node& schema, const json::Node& value, Schemas& out);
  bool holds(const json::Node& schema, const json::Node& value);
  void write(const json::Node& value, const Schemas& schemas, const Path& path, ActionId action, std::string& out);
  void write_object(const json::Node& value, const Schemas& schemas, const Path& path, ActionId action,
                    std::string& out);
  bool is_write_only(const json::Node& schema) const;
  ActionId action_at(const Path& path, std::uint8_t label, ActionId above) const;

  const json::Node& root_;
  const Plan& plan_;
};

}  // namespace portico::repair
