#include "http/target.h"

#include "base/text.h"

namespace portico::http {
namespace {

// The value of the escape at `at`, or -1.
int escape_at(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size()) return -1;
  const int high = hex_value(text[at + 1]);
  const int low = hex_value(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool is_control(int byte) { return byte < 0x20 || byte == 0x7F; }

// Follows one segment, decoded, for being "." or "..".
class DotSegment {
 public:
  void add(int byte) {
    only_dots_ = only_dots_ && byte == '.';
    ++length_;
  }
  bool is_dot_segment() const { return only_dots_ && (length_ == 1 || length_ == 2); }
  bool empty() const { return length_ == 0; }

 private:
  bool only_dots_ = true;
  std::size_t length_ = 0;
};

}  // namespace

Target split_target(std::string_view target) {
  const auto at = target.find('?');
  if (at == std::string_view::npos) return {.path = target};
  return {.path = target.substr(0, at), .query = target.substr(at + 1), .has_query = true};
}

std::string_view path_ambiguity(std::string_view path) {
  if (path.empty() || path.front() != '/') return "not-absolute";
  DotSegment segment;
  for (std::size_t i = 1; i < path.size(); ++i) {
    const auto byte = static_cast<unsigned char>(path[i]);
    if (byte == '/') {
      if (segment.empty()) return "empty-segment";
      if (segment.is_dot_segment()) return "dot-segment";
      segment = {};
      continue;
    }
    if (is_control(byte) || byte >= 0x80 || byte == ' ') return "raw-byte";
    if (byte == '\\') return "backslash";
    if (byte == '#') return "fragment";
    if (byte != '%') {
      segment.add(byte);
      continue;
    }
    const int decoded = escape_at(path, i);
    if (decoded < 0) return "malformed-escape";
    if (decoded == '/' || decoded == '\\') return "encoded-slash";
    if (is_control(decoded)) return "encoded-control";
    segment.add(decoded);
    i += 2;
  }
  return segment.is_dot_segment() ? "dot-segment" : "";
}

std::string_view query_ambiguity(std::string_view query) {
  for (const char c : query) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == '#') return "fragment";
    if (byte == '\\') return "backslash";
    if (is_control(byte) || byte == ' ' || byte >= 0x80) return "raw-byte";
  }
  return {};
}

bool append_percent_decoded(std::string& out, std::string_view text, bool plus_is_space) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int decoded = escape_at(text, i);
      if (decoded < 0) return false;
      out += static_cast<char>(decoded);
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return true;
}

}  // namespace portico::http
