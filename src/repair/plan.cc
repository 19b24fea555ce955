#include "repair/plan.h"

#include "base/text.h"

namespace portico::repair {

bool parse_pointer(std::string_view text, PointerPattern& pattern) {
  pattern.tokens.clear();
  if (text.empty() || text.front() != '/') return false;
  for (const std::string_view part : split(text.substr(1), '/')) {
    PointerPattern::Token& token = pattern.tokens.emplace_back();
    token.any = part == "*";
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (part[i] != '~') {
        token.name += part[i];
        continue;
      }
      if (++i == part.size() || (part[i] != '0' && part[i] != '1')) return false;
      token.name += part[i] == '0' ? '~' : '/';
    }
    if (const auto index = parse_uint(part)) token.index = *index;
  }
  return true;
}

}  // namespace portico::repair
