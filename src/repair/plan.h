// repair/ makes an answer of the service fit to leave, where a firewall could only refuse it: properties that no schema
// declares are stripped, personal and secret ones masked, rounded or dropped, secrets inside of texts redacted.
//
// The answer's bytes are patched by the offsets that the parser found (json/parse.h), without a document being built;
// what is not to be changed stays as the service wrote it, byte for byte. plan.h says what is to be done, repairer.h
// does it. Nothing here knows OpenAPI or the policy's file.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace portico::repair {

// What becomes of a value, or of all texts and numbers inside of an array or object.
struct Action {
  enum class Kind : std::uint8_t {
    kDrop,     // the member goes, with its name
    kMask,     // texts as `mask` says; numbers become 0
    kRound,    // numbers, and texts that are one, to `decimals`
    kReplace,  // what a Replacer makes of them (repairer.h), of those in arrays too, but not in objects further down
    kKeep,     // stays, whatever else was said
  };
  enum class Mask : std::uint8_t {
    kText,   // `text` in its place
    kShape,  // letters become x, digits 0, the rest stays: keeps lengths and most patterns
    kLast,   // stars, and the last `keep` characters; of texts shorter than twice that, stars alone
  };
  Kind kind = Kind::kMask;
  Mask mask = Mask::kText;
  std::uint8_t keep = 4;
  std::int8_t decimals = 0;         // -2: to hundreds
  std::uint16_t kind_of_value = 0;  // kReplace: for the Replacer
  std::string text = "***";
};

using ActionId = std::uint16_t;
constexpr ActionId kNoAction = std::numeric_limits<ActionId>::max();

// A place in a document: a JSON pointer with "*" for any name or index.
struct PointerPattern {
  struct Token {
    std::string name;
    bool any = false;
    std::size_t index = std::numeric_limits<std::size_t>::max();  // for arrays
  };
  std::vector<Token> tokens;
  ActionId action = kNoAction;
};

struct Plan {
  Plan() { by_label.fill(kNoAction); }

  bool strip = false;  // what schemas do not declare, and what is writeOnly
  std::vector<Action> actions;
  std::array<ActionId, 256> by_label;  // of properties; see schema::Labeller
  std::vector<PointerPattern> pointers;
  std::bitset<256> trusted;  // labels of properties that schemas name and that may hold what is found
  // Values of other properties with these labels that `looks_secret` are found by that, as a Redaction would be.
  std::bitset<256> suspects;
  bool (*looks_secret)(std::string_view value) = nullptr;
  std::string_view secret_text{};
  std::uint8_t secret_kind = 0;
  bool secrets_only_count = true;
  // A label for names that no schema describes. Must be set if any label has an action.
  std::function<std::uint8_t(std::string_view name)> label_of;
  std::uint64_t labels = 0;   // the same where `label_of` is: what it said is remembered
  bool labels_names = false;  // asks `label_of` of all names, before what schemas say

  bool does_anything() const { return strip || !actions.empty(); }
};

// "/items/*/card" to a pattern; false when it is no pointer.
bool parse_pointer(std::string_view text, PointerPattern& pattern);

}  // namespace portico::repair
