#include "audit/pattern_length.h"

#include "base/text.h"

namespace portico::audit {
namespace {

// Without `^` and `$`, or empty when it is not anchored at both ends.
std::string_view between_anchors(std::string_view pattern) {
  if (pattern.size() < 3 || !pattern.starts_with('^') || !pattern.ends_with('$')) return {};
  const auto body = pattern.substr(1, pattern.size() - 2);
  return body.ends_with('\\') ? std::string_view() : body;
}

// `{n,}` at the front of `text`.
bool is_open_repetition(std::string_view text) {
  const auto close = text.find('}');
  if (close == std::string_view::npos) return false;
  const auto range = text.substr(1, close - 1);
  return range.ends_with(',') && parse_uint(range.substr(0, range.size() - 1)).has_value();
}

}  // namespace

bool bounds_length(std::string_view pattern) {
  const auto body = between_anchors(pattern);
  if (body.empty()) return false;
  bool in_class = false;
  int depth = 0;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    if (c == '\\') {
      ++i;
      if (!in_class && i < body.size() && (is_digit(body[i]) || body[i] == 'k')) return false;
    } else if (in_class) {
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')') {
      --depth;
    } else if (c == '*' || c == '+' || (c == '|' && depth == 0) || (c == '{' && is_open_repetition(body.substr(i)))) {
      return false;
    }
  }
  return true;
}

std::optional<LengthRange> length_range(std::string_view pattern) {
  auto body = between_anchors(pattern);
  if (body.empty()) return {};
  LengthRange length{0, 0};
  while (!body.empty()) {
    if (body.starts_with('[')) {
      const auto close = body.find(']', 1);
      if (close == std::string_view::npos || body[close - 1] == '\\') return {};
      body.remove_prefix(close + 1);
    } else if (body.starts_with("\\d") || body.starts_with("\\w")) {
      body.remove_prefix(2);
    } else if (is_alnum(body.front()) || body.front() == '-' || body.front() == '_') {
      body.remove_prefix(1);
    } else {
      return {};
    }
    LengthRange times{1, 1};
    if (body.starts_with('{')) {
      const auto close = body.find('}');
      if (close == std::string_view::npos) return {};
      const auto counts = split(body.substr(1, close - 1), ',');
      const auto least = parse_uint(counts.front());
      const auto most = parse_uint(counts.back());
      if (!least || !most || counts.size() > 2 || *most > 100'000) return {};
      times = {*least, *most};
      body.remove_prefix(close + 1);
    } else if (body.starts_with('?')) {
      times = {0, 1};
      body.remove_prefix(1);
    } else if (body.starts_with('*') || body.starts_with('+')) {
      return {};
    }
    length.least += times.least;
    length.most += times.most;
  }
  return length;
}

bool matches_digits_only(std::string_view pattern) {
  auto body = between_anchors(pattern);
  if (body.empty()) return false;
  while (!body.empty()) {
    if (body.starts_with("\\d")) {
      body.remove_prefix(2);
    } else if (body.starts_with("[")) {
      const auto close = body.find(']');
      if (close == std::string_view::npos) return false;
      const auto set = body.substr(1, close - 1);
      const bool range = set.size() == 3 && is_digit(set[0]) && set[1] == '-' && is_digit(set[2]);
      if (!range && set != "\\d") return false;
      body.remove_prefix(close + 1);
    } else if (is_digit(body.front())) {
      body.remove_prefix(1);
    } else {
      return false;
    }
    if (body.starts_with('+') || body.starts_with('*') || body.starts_with('?')) {
      body.remove_prefix(1);
    } else if (body.starts_with('{')) {
      const auto close = body.find('}');
      if (close == std::string_view::npos) return false;
      body.remove_prefix(close + 1);
    }
  }
  return true;
}

}  // namespace portico::audit
