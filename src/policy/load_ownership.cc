// The section `ownership`.
#include <array>
#include <utility>

#include "base/text.h"
#include "policy/sections.h"

namespace portico::policy {
namespace {

constexpr std::array kUnknown = {std::pair{std::string_view("refuse"), false},
                                 std::pair{std::string_view("allow"), true}};

void read_use(Mapping& use, IdUse& to, std::string_view operations, std::string_view at) {
  use.selectors("operations", to.operations, operations);
  use.value(
      "at", {{"$ref", R"("#/$defs/texts")"}},
      [&](const json::Node& value) -> Result<void> {
        const auto wrong = [] {
          return failure(ErrorCode::kInvalid, "\"at\" must be a list of places", {},
                         "Examples: accountId, path/orderId, body/items/*/id");
        };
        if (!value.is_array() || value.items().empty()) return wrong();
        for (const json::Node* item : value.items()) {
          if (!item->is_string() || item->text().empty()) return wrong();
          to.at.push_back(parse_id_place(item->text()));
        }
        return {};
      },
      at);
}

}  // namespace

IdPlace parse_id_place(std::string_view text) {
  using In = IdPlace::In;
  constexpr std::array kPlaces = {
      std::pair{std::string_view("path/"), In::kPath}, std::pair{std::string_view("query/"), In::kQuery},
      std::pair{std::string_view("header/"), In::kHeader}, std::pair{std::string_view("cookie/"), In::kCookie},
      std::pair{std::string_view("body/"), In::kBody}};
  for (const auto& [prefix, in] : kPlaces) {
    if (text.starts_with(prefix)) return {.in = in, .name = std::string(text.substr(prefix.size()))};
  }
  return {.in = In::kAnywhere, .name = std::string(text)};
}

void read(Mapping& ownership, Ownership& to) {
  ownership.text("id", to.id, "The name of the ids; it also tells the kinds of objects apart").required();
  ownership.mapping(
      "learn", "learn",
      [&](Mapping& use) {
        read_use(use, to.learn, "Whose answers teach; all that read (GET) if nothing is said",
                 "Which values are ids: names of properties, or body/POINTER; the name of the ids if nothing is said");
        for (const IdPlace& place : to.learn.at) {
          const bool good = place.in == IdPlace::In::kAnywhere || place.in == IdPlace::In::kBody;
          use.check(good, "answers have ids in their bodies only", "Name a property, or body/POINTER.");
        }
      },
      "How the guard gets to know whose objects are whose");
  ownership.mapping(
      "check", "check",
      [&](Mapping& use) {
        read_use(use, to.check, "Whose requests are checked; all if nothing is said",
                 "Where ids stand: NAME for any place, path/NAME with query, header or cookie, body/POINTER");
      },
      "Where callers name objects");
  ownership.choice<bool>("unknown", to.allow_unknown, kUnknown,
                         "What becomes of ids that nobody was given yet; refuse if nothing is said");
  ownership.duration("ttl", to.ttl_ns, "How long an id is remembered after it was last given; 7d if nothing is said");
  ownership.count("status", to.status, 403, 404,
                  "What the caller is answered: 403, or 404 as if there were no such object");
  if (to.learn.at.empty()) to.learn.at.push_back({.in = IdPlace::In::kAnywhere, .name = to.id});
  if (to.check.at.empty()) to.check.at.push_back({.in = IdPlace::In::kAnywhere, .name = to.id});
  ownership.check(to.ttl_ns > 0, "ids must be remembered for some time");
}

}  // namespace portico::policy
