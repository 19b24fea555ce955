// The sections `repair` and `leaks`.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "contract/data_class.h"
#include "policy/sections.h"

namespace portico::policy {
namespace {

constexpr std::int64_t kMostDecimals = 15;

void read_values(Mapping& mapping, Values& to) {
  mapping.texts("classes", to.classes, "Properties whose names or schemas are of these classes of data");
  mapping.texts("pointers", to.pointers, "JSON pointers into the body; * is any name or index");
  std::vector<std::string_view> names;
  for (auto c = static_cast<std::uint8_t>(contract::DataClass::kPersonal);
       c <= static_cast<std::uint8_t>(contract::DataClass::kSecret); ++c) {
    names.push_back(contract::name(static_cast<contract::DataClass>(c)));
  }
  for (const Text& named : to.classes) {
    if (std::ranges::find(names, named.text) != names.end()) continue;
    const auto near = nearest(named.text, names);
    mapping.check(false, "there is no class of data \"" + printable(named.text) + '"',
                  near ? "Did you mean \"" + std::string(*near) + "\"?" : "");
  }
  for (const Text& pointer : to.pointers) {
    mapping.check(pointer.text.starts_with('/'), '"' + printable(pointer.text) + "\" is no JSON pointer",
                  "Example: /items/*/card");
  }
  mapping.check(mapping.describes() || !to.classes.empty() || !to.pointers.empty(), "names no values",
                "Give classes, pointers, or both.");
}

constexpr std::array kBlockOnly = {std::pair{std::string_view("block"), OnLeak::kBlock},
                                   std::pair{std::string_view("replace"), OnLeak::kReplace},
                                   std::pair{std::string_view("ignore"), OnLeak::kIgnore}};
constexpr std::array kOnLeak = {
    std::pair{std::string_view("block"), OnLeak::kBlock}, std::pair{std::string_view("replace"), OnLeak::kReplace},
    std::pair{std::string_view("mask"), OnLeak::kMask}, std::pair{std::string_view("ignore"), OnLeak::kIgnore}};

}  // namespace

void read(Mapping& mask, MaskValues& to) {
  mask.text("with", to.with, "The text that takes their place; *** if nothing is said");
  mask.flag("shape", to.shape, "Letters become x and digits 0, and the rest stays");
  mask.count("keep", to.keep, 1, 64, "Stars, and so many characters of the value's end");
  read_values(mask, to.values);
  mask.check(!to.shape || to.keep == 0, "has both shape and keep");
}

void read(Mapping& round, RoundValues& to) {
  round.value(
      "decimals", {{"type", R"("integer")"}, {"minimum", "-15"}, {"maximum", "15"}},
      [&](const json::Node& value) -> Result<void> {
        const auto number = value.is_number() ? value.integer() : std::nullopt;
        if (!number || *number < -kMostDecimals || *number > kMostDecimals) {
          return failure(ErrorCode::kInvalid, "must be a whole number from -15 to 15");
        }
        to.decimals = *number;
        return {};
      },
      "So many digits behind the point; -2 is to hundreds");
  round.required();
  read_values(round, to.values);
}

void read(Mapping& drop, DropValues& to) { read_values(drop, to.values); }

void read(Mapping& repair, Repair& to) {
  repair.selectors("operations", to.operations, "Whose answers").required();
  repair.flag("strip", to.strip, "Take out properties that the contract does not declare");
  repair.list("mask", to.mask, "an entry of mask", "Values that leave as something else");
  repair.list("round", to.round, "an entry of round", "Numbers, and texts that are one, that leave less precise");
  repair.list("drop", to.drop, "an entry of drop", "Properties that do not leave");
}

void read(Mapping& leaks, Leaks& to) {
  leaks.selectors("operations", to.operations, "Whose answers").required();
  leaks.choice<OnLeak>("secrets", to.secrets, kOnLeak, "Keys, tokens, passwords; block if nothing is said");
  leaks.choice<OnLeak>("traces", to.traces, kBlockOnly,
                       "Stack traces, messages of databases, error pages; block if nothing is said");
  leaks.choice<OnLeak>("addresses", to.addresses, kOnLeak,
                       "Addresses and names of an internal network; ignore if nothing is said");
  leaks.flag("declared", to.declared,
             "Let properties hold secrets that the contract declares under the name of one; true if nothing is said");
  leaks.flag("count", to.count, "Count personal data in the event; true if nothing is said");
}

}  // namespace portico::policy
