// The section `injection`.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "policy/sections.h"

namespace portico::policy {
namespace {

constexpr std::array<std::string_view, 8> kClasses = {"sql",      "nosql", "command", "path",
                                                      "template", "xxe",   "ssrf",    "header"};
constexpr std::array<std::string_view, 5> kParts = {"body", "query", "path", "header", "cookie"};

}  // namespace

void read(Mapping& injection, Injection& to) {
  injection.selectors("operations", to.operations, "Whose requests").required();
  injection.texts("classes", to.classes,
                  "sql, nosql, command, path, template, xxe, ssrf, header; all if it is not there");
  injection.texts("except", to.except, "Places that may hold anything: body/comment, body/items/*/code, query/q");
  for (const Text& named : to.classes) {
    if (std::ranges::find(kClasses, named.text) != kClasses.end()) continue;
    const auto near = nearest(named.text, kClasses);
    injection.check(false, "there is no class of injection \"" + printable(named.text) + '"',
                    near ? "Did you mean \"" + std::string(*near) + "\"?" : "");
  }
  for (const Text& place : to.except) {
    const std::string_view part = std::string_view(place.text).substr(0, place.text.find('/'));
    injection.check(std::ranges::find(kParts, part) != kParts.end(), '"' + printable(place.text) + "\" is no place",
                    "Begin with body, query, path, header or cookie: body/comment");
  }
}

}  // namespace portico::policy
