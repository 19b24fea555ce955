// The shape of a value as its Schema Object is written: which types, properties and items it names. Forms and XML are
// read by it before the compiled program decides. It looks through references and through allOf, anyOf and oneOf, where
// it takes everything that any of them says, and decides nothing by itself.
#pragma once

#include <string_view>
#include <vector>

#include "contract/model.h"
#include "schema/compile.h"

namespace portico::guard {

struct SchemaShape {
  schema::TypeMask types = schema::kTypeAny;  // kTypeAny where nothing names a type
  bool is_binary = false;                     // bytes: format binary, contentMediaType or contentEncoding
  bool takes_others = false;                  // says that properties may have other names than it declares

  struct Property {
    std::string_view name;
    const json::Node* schema = nullptr;
  };
  std::vector<Property> properties;  // by name; of several schemas for one name, the first
  const json::Node* items = nullptr;
  const json::Node* additional = nullptr;

  const json::Node* property(std::string_view name) const;
};

// `contract` resolves references. Looks at no more than some hundred schemas.
SchemaShape shape_of(const contract::Contract& contract, const json::Node& schema);

}  // namespace portico::guard
