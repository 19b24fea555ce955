#include "audit/shapes.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace portico::audit {
namespace {

using json::Node;

bool has_grammar(std::string_view format) {
  constexpr std::array<std::string_view, 14> kFormats = {"date",  "date-time", "time",      "duration", "uuid",
                                                         "email", "ipv4",      "ipv6",      "hostname", "char",
                                                         "byte",  "binary",    "idn-email", "timestamp"};
  return std::ranges::find(kFormats, format) != kFormats.end();
}

Composition compose(const contract::Contract& contract, const Node* schema) {
  return {contract, std::array<const Node*, 1>{schema}};
}

bool is_free(const Composition& composed) {
  if (!composed.allows(kString) || composed.has("enum") || composed.has("const")) return false;
  return std::ranges::none_of(composed.parts(), [](const Node* part) {
    const auto pattern = part->text_of("pattern");
    return has_grammar(part->text_of("format")) || (!pattern.empty() && !is_broad_pattern(pattern));
  });
}

}  // namespace

bool is_free_text(const contract::Contract& contract, const Node* schema) {
  return schema != nullptr && schema->is_object() && is_free(compose(contract, schema));
}

bool is_free_text_or_list(const contract::Contract& contract, const Node* schema) {
  if (schema == nullptr || !schema->is_object()) return false;
  const Composition composed = compose(contract, schema);
  if (composed.allows(kArray)) return is_free_text(contract, composed.find("items"));
  return is_free(composed);
}

std::optional<std::int64_t> integer_of(const Composition& schema, std::string_view keyword) {
  const Node* value = schema.find(keyword);
  return value == nullptr ? std::nullopt : value->integer();
}

bool is_broad_pattern(std::string_view pattern) {
  if (pattern.starts_with('^')) pattern.remove_prefix(1);
  if (pattern.ends_with('$') && !pattern.ends_with("\\$")) pattern.remove_suffix(1);
  if (pattern.starts_with('(') && pattern.ends_with(')')) pattern = pattern.substr(1, pattern.size() - 2);
  if (pattern.starts_with("?:")) pattern.remove_prefix(2);
  if (pattern.empty()) return true;
  constexpr std::array<std::string_view, 8> kAny = {".",        "[\\s\\S]", "[\\S\\s]", "[^]",
                                                    "[\\w\\W]", "[\\d\\D]", "(.|\\n)",  "(?:.|\\n)"};
  return std::ranges::any_of(kAny, [&](std::string_view any) {
    if (!pattern.starts_with(any)) return false;
    const auto rest = pattern.substr(any.size());
    const bool counted = rest.starts_with('{') && rest.ends_with('}');
    return rest == "*" || rest == "+" || rest == "*?" || rest == "+?" || counted;
  });
}

bool is_anchored(std::string_view pattern) {
  // Alternatives outside of groups are not held by anchors at the ends.
  int depth = 0;
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\') {
      ++i;
    } else if (in_class) {
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')') {
      --depth;
    } else if (c == '|' && depth == 0) {
      return std::ranges::all_of(std::array{pattern.substr(0, i), pattern.substr(i + 1)}, is_anchored);
    }
  }
  const bool start = pattern.starts_with('^') || pattern.starts_with("(^") || pattern.starts_with("(?:^");
  const bool end = (pattern.ends_with('$') && !pattern.ends_with("\\$")) || pattern.ends_with("$)");
  return start && end;
}

bool is_bound_to_hosts(const contract::Contract& contract, const Node* schema) {
  if (schema == nullptr || !schema->is_object()) return false;
  const Composition composed = compose(contract, schema);
  if (composed.has("enum") || composed.has("const")) return true;
  return std::ranges::any_of(composed.parts(), [](const Node* part) {
    const auto pattern = part->text_of("pattern");
    if (!pattern.starts_with('^')) return false;
    const auto slashes = pattern.find("//") != std::string_view::npos       ? pattern.find("//") + 2
                         : pattern.find("\\/\\/") != std::string_view::npos ? pattern.find("\\/\\/") + 4
                                                                            : std::string_view::npos;
    if (slashes == std::string_view::npos) return pattern.starts_with("^/");  // a path of this host
    return slashes < pattern.size() && (is_alnum(pattern[slashes]) || pattern.substr(slashes).starts_with("(") ||
                                        pattern.substr(slashes).starts_with("[a-z0-9-]+\\.") ||
                                        pattern.substr(slashes).starts_with("[a-z0-9.-]+\\."));
  });
}

}  // namespace portico::audit
