// From the contract's Schema Objects to the types that rules are checked against.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cel/type.h"
#include "contract/model.h"

namespace portico::guard {

// Makes types of schemas into `types`, which owns them. Where a schema leaves the type open, or says several, it is
// dyn: nothing is refused at load that could be right.
class SchemaTypes {
 public:
  SchemaTypes(const contract::Contract& contract, cel::Types& types) : contract_(contract), types_(types) {}

  // Null stands for a schema that is not there. `name` is what messages call an object of it.
  const cel::Type* of(const json::Node* schema, const std::string& name);

  // The one type of all, or dyn.
  const cel::Type* of_all(const std::vector<const json::Node*>& schemas, const std::string& name);

 private:
  // What all schemas that hold for one value say together.
  struct Said {
    std::vector<const json::Node*> schemas;
    bool nullable = false;
    bool open = false;  // branches that say different things
  };
  void collect(const json::Node& schema, Said& said) const;
  const cel::Type* object(const Said& said, const std::string& name, const json::Node& key);
  const cel::Type* list(const Said& said, const std::string& name);

  const contract::Contract& contract_;
  cel::Types& types_;
  std::map<const json::Node*, const cel::Type*> made_;  // schemas may refer to themselves
};

}  // namespace portico::guard
