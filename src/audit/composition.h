// What a schema says at one position, read together: a value has to satisfy a schema, what its `$ref` leads to and
// every branch of its `allOf`, so a bound in any one of them is a bound. Checks look at a Composition and never at a
// schema alone; that is what keeps them quiet about `allOf: [{$ref: Name}, {maxLength: 40}]`.
//
// The rules of the dialects differ in one thing that matters here: beside a `$ref`, OpenAPI 2.0 and 3.0 ignore all
// other keywords (Reference Object), 3.1 lets them apply (JSON Schema 2020-12, section 8.2.3.1).
//
// A Composition points into the contract's documents. It is cheap, built on demand, and safe from several threads.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "contract/model.h"

namespace portico::audit {

// A set of JSON Schema types. kNumber stands for numbers with a fraction, so `type: number` is kNumber | kInteger.
using TypeSet = std::uint8_t;
constexpr TypeSet kNull = 1;
constexpr TypeSet kBoolean = 2;
constexpr TypeSet kInteger = 4;
constexpr TypeSet kNumber = 8;
constexpr TypeSet kString = 16;
constexpr TypeSet kArray = 32;
constexpr TypeSet kObject = 64;
constexpr TypeSet kAnyType = 127;

class Composition {
 public:
  // Everything that the schemas `seeds` say together. Recursion (`allOf` that leads back) is cut.
  Composition(const contract::Contract& contract, std::span<const json::Node* const> seeds);

  // The schemas themselves: never a reference, in the order of reading.
  std::span<const json::Node* const> parts() const { return parts_; }
  // Whether a reference was followed: parts lie elsewhere and may be met again from there.
  bool crosses_reference() const { return crosses_reference_; }

  // The types that all parts allow together, from `type` or, where there is none, from the keywords that only make
  // sense for one (`properties`, `items`, `maxLength`, ...). 0: nothing is said.
  TypeSet types() const { return types_; }
  bool allows(TypeSet type) const { return (types_ & type) != 0; }

  // The value of a keyword in the first part that has it, or null.
  const json::Node* find(std::string_view keyword) const;
  bool has(std::string_view keyword) const { return find(keyword) != nullptr; }

  // The part that makes the value what it is: the first with a `type` or a keyword of its own; never null unless empty.
  const json::Node* defining_part() const;

 private:
  void collect(const contract::Contract& contract, const json::Node& schema);

  std::vector<const json::Node*> parts_;
  TypeSet types_ = 0;
  bool crosses_reference_ = false;
};

// A schema that is only a reference: whatever stands beside it does not constrain the value.
bool is_pure_reference(const contract::Contract& contract, const json::Node& schema);

}  // namespace portico::audit
