// What schemas say of the places of a value, beyond whether it is valid: which properties are declared, how the owner
// labels them, which strings are left free. The repair of responses and the inspection of requests walk values with it.
//
// A place is what a conjunction of schemas (allOf and references followed) says of one value. Choices (anyOf, oneOf,
// if, dependentSchemas) add places: which of their branches hold is known only with the value at hand, so each branch
// carries a program that tells. Those programs read `additionalProperties: false` and `unevaluatedProperties: false`
// as if they were absent, and do not mind readOnly or writeOnly: a branch must not be missed because of the very
// property that is to be found undeclared.
//
// PlaceWalk (place_walk.h) does the walking. A Places is immutable once its compiler is done; it may be shared.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "regex/pattern.h"
#include "schema/compile.h"
#include "schema/key_table.h"

namespace portico::schema {

using PlaceId = std::uint32_t;
constexpr PlaceId kAnyPlace = 0;  // of which nothing is said

struct PlaceProperty {
  PlaceId place = kAnyPlace;
  std::uint8_t label = 0;   // what Labeller said of it
  bool read_only = false;   // not for requests
  bool write_only = false;  // not for responses
};

struct PlacePattern {
  std::uint32_t pattern;  // Places::patterns
  PlaceProperty property;
};

struct PlaceBranch {
  Program program;  // tells whether the branch holds
  PlaceId place = kAnyPlace;
  PlaceId otherwise = kAnyPlace;  // `else`
  std::string_view trigger;       // dependentSchemas: the member that makes it hold
};

struct PlaceFacts {
  KeyTable keys;  // declared and required properties
  std::uint32_t first_property = 0;
  std::uint32_t first_pattern = 0;
  std::uint32_t pattern_count = 0;
  PlaceProperty others;          // of other names
  bool takes_others = false;     // says that there may be others: additionalProperties of any form but `false`
  bool lists = false;            // says which properties there are: properties, patternProperties, or no others
  bool bound = false;            // strings: enum, const, a strict format or pattern leave nothing free
  std::uint32_t first_item = 0;  // Places::items
  std::uint32_t item_count = 0;
  PlaceId other_items = kAnyPlace;
  std::uint32_t first_branch = 0;
  std::uint32_t branch_count = 0;
};

struct Places {
  std::vector<PlaceFacts> places{std::vector<PlaceFacts>(1)};
  NamePools names;
  std::vector<PlaceProperty> properties;
  std::vector<PlacePattern> property_patterns;
  std::vector<regex::Pattern> patterns;
  std::vector<PlaceId> items;
  std::vector<PlaceBranch> branches;
  std::deque<std::string> triggers;  // what PlaceBranch::trigger views

  const PlaceFacts& operator[](PlaceId id) const { return places[id]; }
};

// A label for a property, of 1 to 255; 0 is none. `parent` is the name of the property or component that holds it.
using Labeller = std::function<std::uint8_t(std::string_view name, const json::Node& schema, std::string_view parent)>;

// Makes the places of any number of schemas. Not thread-safe; Places must outlive no document: it copies what it needs.
class PlaceCompiler {
 public:
  PlaceCompiler(Environment environment, Dialect dialect, Labeller labeller);
  ~PlaceCompiler();
  PlaceCompiler(PlaceCompiler&&) noexcept;
  PlaceCompiler& operator=(PlaceCompiler&&) noexcept;

  // The place of values of the schema at `schema`. An Error as of Compiler::compile, and of kLimit for schemas whose
  // conjunctions multiply beyond some hundred thousand places.
  Result<PlaceId> add(const json::Node& schema);

  // Grows with each add().
  std::shared_ptr<const Places> places() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace portico::schema
