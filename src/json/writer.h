// Writes JSON (RFC 8259) straight into a string. Used for everything that Portico prints as JSON: events, findings,
// problem documents, reports. The caller keeps the grammar (a key before each value of an object); commas, escapes and
// indentation are the writer's. Invalid UTF-8 becomes U+FFFD, so the output is always a valid document. Appending to
// a string of enough capacity does not allocate. Not thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace portico::json {

class Writer {
 public:
  enum class Layout : std::uint8_t { kCompact, kIndented };

  explicit Writer(std::string& out, Layout layout = Layout::kCompact) : out_(&out), layout_(layout) {}

  Writer& begin_object() { return open('{'); }
  Writer& end_object() { return close('}'); }
  Writer& begin_array() { return open('['); }
  Writer& end_array() { return close(']'); }

  Writer& key(std::string_view name);

  Writer& string(std::string_view text);
  Writer& boolean(bool value) { return literal(value ? "true" : "false"); }
  Writer& null() { return literal("null"); }
  Writer& integer(std::int64_t value);
  Writer& unsigned_integer(std::uint64_t value);
  Writer& number(double value);  // not finite: null
  // A value that is JSON already.
  Writer& raw(std::string_view json) { return literal(json); }

  // Key and value in one; nothing at all for an empty text.
  Writer& text_unless_empty(std::string_view name, std::string_view text) {
    if (!text.empty()) key(name).string(text);
    return *this;
  }

 private:
  Writer& open(char bracket);
  Writer& close(char bracket);
  Writer& literal(std::string_view text);
  void before_value();
  void new_line();

  std::string* out_;
  Layout layout_;
  std::uint32_t depth_ = 0;
  bool first_ = true;  // nothing written yet in the container that is open
  bool after_key_ = false;
};

// Appends `text` as a JSON string, quotes included.
void append_string(std::string& out, std::string_view text);

}  // namespace portico::json
