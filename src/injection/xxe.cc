// Documents that would have an XML reader fetch something.
#include "injection/attack.h"
#include "injection/words.h"

namespace portico::injection {
namespace {

std::size_t find_ignoring_case(std::string_view text, std::string_view part, std::size_t from = 0) {
  for (std::size_t i = from; i + part.size() <= text.size(); ++i) {
    i = text.find(part.front(), i);
    if (i == std::string_view::npos) return i;
    if (starts_with_ignoring_case(text.substr(i), part)) return i;
  }
  return std::string_view::npos;
}

}  // namespace

Verdict look_for_xxe(std::string_view text) {
  const auto found = [](std::string_view reason) { return Verdict{Attack::kXxe, reason}; };
  if (text.find('<') == std::string_view::npos) return {};
  const auto entity = find_ignoring_case(text, "<!ENTITY");
  if (entity != std::string_view::npos && entity + 8 < text.size() && is_space(text[entity + 8])) {
    return found("the declaration of an entity");
  }
  const auto doctype = find_ignoring_case(text, "<!DOCTYPE");
  if (doctype != std::string_view::npos) {
    const std::string_view declaration = text.substr(doctype, text.find('>', doctype) - doctype);
    if (contains_ignoring_case(declaration, " SYSTEM ") &&
        !contains_ignoring_case(declaration, "about:legacy-compat")) {
      return found("an external document type");
    }
    if (contains_ignoring_case(declaration, " PUBLIC ") && declaration.find("://") != std::string_view::npos &&
        declaration.find("//www.w3.org/") == std::string_view::npos &&
        declaration.find("//java.sun.com/") == std::string_view::npos &&
        declaration.find("//www.apple.com/") == std::string_view::npos) {
      return found("an external document type");
    }
  }
  if (contains_ignoring_case(text, "http://www.w3.org/2001/XInclude") && contains_ignoring_case(text, "include") &&
      contains_ignoring_case(text, "href")) {
    return found("an inclusion");
  }
  return {};
}

}  // namespace portico::injection
