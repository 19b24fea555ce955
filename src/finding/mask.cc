#include "finding/mask.h"

#include <algorithm>

#include "base/text.h"

namespace portico::finding {

std::string masked(std::string_view value) {
  constexpr std::size_t kLong = 16;
  constexpr std::size_t kShown = 4;
  std::string out;
  if (value.size() >= kLong) out = printable(value.substr(0, kShown));
  return out + "***";
}

std::string without_user_information(std::string_view uri) {
  const auto slashes = uri.find("//");
  if (slashes == std::string_view::npos) return std::string(uri);
  const auto begin = slashes + 2;
  const auto end = std::min(uri.find_first_of("/?#", begin), uri.size());
  const auto at = uri.substr(0, end).rfind('@');
  if (at == std::string_view::npos || at < begin) return std::string(uri);
  return std::string(uri.substr(0, begin)) + "***" + std::string(uri.substr(at));
}

}  // namespace portico::finding
