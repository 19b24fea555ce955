// The section `checks`, and the words for modes.
#include <array>

#include "policy/sections.h"

namespace portico::policy {
namespace {

constexpr std::array kModes = {std::pair{std::string_view("block"), Mode::kBlock},
                               std::pair{std::string_view("monitor"), Mode::kMonitor},
                               std::pair{std::string_view("off"), Mode::kOff}};
constexpr std::array kDirections = {std::pair{std::string_view("request"), Direction::kRequest},
                                    std::pair{std::string_view("response"), Direction::kResponse}};

}  // namespace

void read_mode(Mapping& mapping, Mode& to, std::string_view help) { mapping.choice<Mode>("mode", to, kModes, help); }

void read(Mapping& check, CheckMode& to) {
  check.selectors("operations", to.operations, "Where; all operations if it is not there");
  check.choice<Direction>("direction", to.direction, kDirections, "Checks of requests or of answers only");
  check.texts("rules", to.rules, "Ids of the rules; all of them if it is not there");
  read_mode(check, to.mode, "Refuse, only report, or do not check");
  check.required();
}

}  // namespace portico::policy
