#include "identity/claims.h"

#include <algorithm>
#include <cmath>

namespace portico::identity {
namespace {

constexpr std::int64_t kLastSecond = 253'402'300'799;  // 9999-12-31T23:59:59Z

// Whether `name` is the token of a pointer ("~1" is '/', "~0" is '~').
bool is_token(std::string_view token, std::string_view name) {
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (name.empty()) return false;
    char c = token[i];
    if (c == '~' && i + 1 < token.size()) c = token[++i] == '1' ? '/' : '~';
    if (c != name.front()) return false;
    name.remove_prefix(1);
  }
  return name.empty();
}

}  // namespace

std::size_t Claims::member(std::size_t object, std::string_view token) const {
  if (tape_.type(object) != json::tape::kObject) return 0;
  const std::size_t end = tape_.after(object) - 1;
  for (std::size_t at = object + 1; at < end; at = tape_.next(at + 1)) {
    if (is_token(token, tape_.text(at))) return at + 1;
  }
  return 0;
}

std::size_t Claims::find(std::string_view name) const {
  constexpr std::size_t kRoot = json::TapeView::kFirst;
  if (!name.starts_with('/')) {
    const std::size_t end = tape_.after(kRoot) - 1;
    for (std::size_t at = kRoot + 1; at < end; at = tape_.next(at + 1)) {
      if (tape_.text(at) == name) return at + 1;
    }
    return 0;
  }
  std::size_t at = kRoot;
  while (!name.empty() && at != 0) {
    name.remove_prefix(1);
    const auto slash = std::min(name.find('/'), name.size());
    at = member(at, name.substr(0, slash));
    name.remove_prefix(slash);
  }
  return at;
}

Claims::Read Claims::text(std::string_view name, std::string_view& to) const {
  const std::size_t at = find(name);
  if (at == 0) return Read::kAbsent;
  if (tape_.type(at) != json::tape::kString || tape_.text(at).empty()) return Read::kWrongType;
  to = tape_.text(at);
  return Read::kValid;
}

Claims::Read Claims::time(std::string_view name, std::int64_t& to) const {
  const std::size_t at = find(name);
  if (at == 0) return Read::kAbsent;
  if (tape_.type(at) == json::tape::kInteger) {
    to = tape_.integer(at);
    return to >= 0 && to <= kLastSecond ? Read::kValid : Read::kWrongType;
  }
  if (tape_.type(at) != json::tape::kDouble) return Read::kWrongType;
  const double seconds = std::floor(tape_.real(at));
  if (!(seconds >= 0) || seconds > static_cast<double>(kLastSecond)) return Read::kWrongType;
  to = static_cast<std::int64_t>(seconds);
  return Read::kValid;
}

Claims::Read Claims::texts(std::string_view name, std::vector<std::string_view>& to) const {
  to.clear();
  const std::size_t start = find(name);
  if (start == 0) return Read::kAbsent;
  if (tape_.type(start) == json::tape::kString) {
    to.push_back(tape_.text(start));
    return Read::kValid;
  }
  if (tape_.type(start) != json::tape::kArray) return Read::kWrongType;
  const std::size_t end = tape_.after(start) - 1;
  for (std::size_t at = start + 1; at < end; at = tape_.next(at)) {
    if (tape_.type(at) != json::tape::kString) return Read::kWrongType;
    to.push_back(tape_.text(at));
  }
  return Read::kValid;
}

Claims::Read Claims::words(std::string_view name, std::vector<std::string_view>& to) const {
  const Read read = texts(name, to);
  const std::size_t at = find(name);
  if (read != Read::kValid || tape_.type(at) != json::tape::kString) return read;
  std::string_view text = to.front();
  to.clear();
  while (!text.empty()) {
    const auto space = std::min(text.find(' '), text.size());
    if (space != 0) to.push_back(text.substr(0, space));
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return read;
}

}  // namespace portico::identity
