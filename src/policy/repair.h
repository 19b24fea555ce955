// The sections `repair` and `leaks`: what becomes of answers that could be refused.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "policy/text.h"

namespace portico::policy {

// Which values of an answer: by what they are, and by where they stand.
struct Values {
  std::vector<Text> classes;   // of contract::DataClass: "contact"
  std::vector<Text> pointers;  // "/items/*/card"
};

struct MaskValues {
  Values values;
  std::string with = "***";
  bool shape = false;
  std::uint64_t keep = 0;  // of the value's end; 0: nothing
  Place place;
};

struct RoundValues {
  Values values;
  std::int64_t decimals = 0;
  Place place;
};

struct DropValues {
  Values values;
  Place place;
};

// One entry of `repair`. Of several that match an operation all hold, the later ones first.
struct Repair {
  Selectors operations;
  bool strip = false;
  std::vector<MaskValues> mask;
  std::vector<RoundValues> round;
  std::vector<DropValues> drop;
  Place place;
};

enum class OnLeak : std::uint8_t {
  kIgnore,
  kBlock,    // the answer is refused, as one that breaks the contract
  kReplace,  // a problem document takes its place, with the service's own status
  kMask,     // what is found is taken out
};

// One entry of `leaks`. Of several that match an operation the last one wins.
struct Leaks {
  Selectors operations;
  OnLeak secrets = OnLeak::kBlock;
  OnLeak traces = OnLeak::kBlock;  // and the messages of databases and frameworks
  OnLeak addresses = OnLeak::kIgnore;
  bool declared = true;  // properties that the contract declares and that are secret by name may hold secrets
  bool count = true;     // personal data, in the event
  Place place;
};

}  // namespace portico::policy
