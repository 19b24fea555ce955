// Patches one document by a plan.
//
//   parser.parse(bytes, strictness);
//   switch (repairer.repair(plan, places, root, {bytes, parser.tape(), parser.marks()}, {}, out)) ...
//
// `out` is valid JSON whenever the document was; whether it is valid by its schema is for the caller to check, since a
// mask may be none of what the schema allows. Linear in the document (see schema/place_walk.h for choices). One
// Repairer a thread; no allocation after warm-up but for names that it meets for the first time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "json/tape.h"
#include "repair/plan.h"
#include "schema/places.h"
#include "schema/validate.h"

namespace portico::repair {

struct Document {
  std::string_view text;
  json::TapeView tape;
  std::span<const std::uint32_t> marks;  // json::Parser::marks()
};

// Bytes of a string, by their offsets in TapeView::strings, in which something was found.
struct Redaction {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string_view text{};       // in their place
  std::uint8_t kind = 0;         // by which it is counted, below kRedactionKinds
  bool only_counts = false;      // stays as it is
  bool unless_labelled = false;  // not in the value of a labelled property: that counts by its label
  bool unless_trusted = false;   // not in the value of a property that Plan::trusted says may hold it
};
constexpr std::size_t kRedactionKinds = 16;

struct Counts {
  std::uint32_t stripped = 0;
  std::uint32_t dropped = 0;
  std::uint32_t masked = 0;
  std::uint32_t rounded = 0;
  std::uint32_t redacted = 0;
  std::uint32_t replaced = 0;
  std::array<std::uint32_t, kRedactionKinds> found{};  // redactions by kind, those that only count included
  std::array<std::uint32_t, 256> by_label{};           // texts and numbers that leave unmasked under a labelled name

  bool any() const { return (stripped | dropped | masked | rounded | redacted | replaced) != 0; }
};

// Says what takes the place of values.
class Replacer {
 public:
  enum class Answer : std::uint8_t { kKeep, kReplaced, kImpossible };

  virtual ~Replacer() = default;
  // Appends JSON in place of a text (unescaped) or a number (as it is written), of Action::kind_of_value.
  virtual Answer replace(std::uint16_t kind, std::string_view value, bool is_number, std::string& out) = 0;
};

enum class Outcome : std::uint8_t {
  kUnchanged,  // nothing had to be done; `out` means nothing
  kRepaired,
  kImpossible,  // a name would have to be redacted, an element dropped, a number beyond double rounded; or the
                // Replacer says so
  kTooComplex,  // the schemas' choices take too long to decide
};

class Repairer {
 public:
  Repairer();
  ~Repairer();
  Repairer(Repairer&&) noexcept;
  Repairer& operator=(Repairer&&) noexcept;

  // `redactions` in order, none within another. `counts` is reset. `replacer`: of plans that have kReplace.
  Outcome repair(const Plan& plan, const schema::Places& places, schema::PlaceId root, const Document& document,
                 std::span<const Redaction> redactions, schema::Validator& validator, std::string& out, Counts& counts,
                 Replacer* replacer = nullptr);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace portico::repair
