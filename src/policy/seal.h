// The section `seal`: which ids leave encrypted for their caller (docs/seal.md).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "policy/text.h"

namespace portico::policy {

// Where ids stand. A name is that of a parameter, or of a property of any body; "Parcel.id" is the property of a
// component of the contract; "/items/*/id" is a JSON pointer into bodies.
struct SealedType {
  std::string type;  // ids of one type mean the same object
  std::vector<Text> names;
  Selectors operations;  // empty: all
  Place place;
};

// Ids that are public by design.
struct SealException {
  Selectors operations;  // empty: all
  std::vector<Text> names;
  Place place;
};

struct Seal {
  std::string keys;       // path of the key file
  std::string api;        // what ids are bound to; empty: the contract's title
  std::vector<Text> ids;  // names, each a type of its own
  std::vector<SealedType> types;
  std::vector<Text> links;  // names of properties that hold links to paths of the contract
  std::vector<SealException> except;
};

}  // namespace portico::policy
