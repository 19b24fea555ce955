#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "cel/calls.h"
#include "cel/container.h"

namespace portico::cel {
namespace {

// Positions are counted in code points, as the language does; these are the bytes that begin one.
bool begins_code_point(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

std::int64_t code_points(std::string_view text) { return std::ranges::count_if(text, begins_code_point); }

// The byte at which code point `index` begins; npos beyond the end. The end itself is a place.
std::size_t byte_of(std::string_view text, std::int64_t index) {
  if (index < 0) return std::string_view::npos;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!begins_code_point(text[at])) continue;
    if (index-- == 0) return at;
  }
  return index == 0 ? text.size() : std::string_view::npos;
}

// In linear time (glibc's two-way search), where std::string_view::find takes the product of both sizes at worst.
std::size_t find(std::string_view text, std::string_view part) {
  if (part.empty()) return 0;
  const void* found = ::memmem(text.data(), text.size(), part.data(), part.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

Value out_of_domain() { return error_value(Problem::kArgument); }

std::size_t character_size(std::string_view text, std::size_t at) {
  std::size_t size = 1;
  while (at + size < text.size() && !begins_code_point(text[at + size])) ++size;
  return size;
}

// The white space of Unicode (property White_Space), of which `text` begins with one; 0 where it does not.
std::size_t space_at(std::string_view text) {
  constexpr std::string_view kAscii = " \t\n\v\f\r";
  if (text.empty()) return 0;
  if (kAscii.find(text.front()) != std::string_view::npos) return 1;
  for (const std::string_view wide :
       {"\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007",
        "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"}) {
    if (text.starts_with(wide)) return wide.size();
  }
  return 0;
}

std::string_view trimmed(std::string_view text) {
  while (const std::size_t size = space_at(text)) text.remove_prefix(size);
  while (!text.empty()) {
    std::size_t start = text.size() - 1;
    while (start > 0 && !begins_code_point(text[start])) --start;
    if (space_at(text.substr(start)) != text.size() - start) break;
    text = text.substr(0, start);
  }
  return text;
}

template <class Change>
Value changed(Meter& meter, std::string_view text, const Change& change) {
  char* to = meter.bytes(text.size());
  if (to == nullptr) return meter.problem();
  std::ranges::transform(text, to, change);
  return string_value({to, text.size()});
}

char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; }

Value reversed(Meter& meter, std::string_view text) {
  char* to = meter.bytes(text.size());
  if (to == nullptr) return meter.problem();
  char* at = to + text.size();
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t size = character_size(text, i);
    at -= size;
    std::memcpy(at, text.data() + i, size);
    i += size;
  }
  return string_value({to, text.size()});
}

Value index_of(std::span<const Value> arguments) {
  const std::string_view text = arguments[0].text();
  const std::size_t start = arguments.size() == 3 ? byte_of(text, arguments[2].integer) : 0;
  if (start == std::string_view::npos) return out_of_domain();
  const std::size_t found = find(text.substr(start), arguments[1].text());
  return int_value(found == std::string_view::npos ? -1 : code_points(text.substr(0, start + found)));
}

Value last_index_of(std::span<const Value> arguments) {
  const std::string_view text = arguments[0].text();
  const std::size_t start = arguments.size() == 3 ? byte_of(text, arguments[2].integer) : text.size();
  if (start == std::string_view::npos) return out_of_domain();
  const std::size_t found = text.rfind(arguments[1].text(), start);
  return int_value(found == std::string_view::npos ? -1 : code_points(text.substr(0, found)));
}

Value substring(std::span<const Value> arguments) {
  const std::string_view text = arguments[0].text();
  const std::size_t start = byte_of(text, arguments[1].integer);
  const std::size_t end = arguments.size() == 3 ? byte_of(text, arguments[2].integer) : text.size();
  if (start == std::string_view::npos || end == std::string_view::npos || end < start) return out_of_domain();
  return string_value(text.substr(start, end - start));
}

Value char_at(std::span<const Value> arguments) {
  const std::string_view text = arguments[0].text();
  const std::size_t at = byte_of(text, arguments[1].integer);
  if (at == std::string_view::npos) return out_of_domain();
  return string_value(at == text.size() ? std::string_view() : text.substr(at, character_size(text, at)));
}

// Calls `take` with each part between separators, `limit` parts at most when it is not negative; an empty separator
// stands between all characters.
template <class Take>
void split_parts(std::string_view text, std::string_view separator, std::int64_t limit, const Take& take) {
  for (std::int64_t count = 1; limit < 0 || count < limit; ++count) {
    const std::size_t size = text.empty() ? 0 : character_size(text, 0);
    const std::size_t end = separator.empty() ? size : find(text, separator);
    if (end == std::string_view::npos || (separator.empty() && end >= text.size())) break;
    take(text.substr(0, end));
    text.remove_prefix(end + separator.size());
  }
  take(text);
}

Value split_text(Meter& meter, std::span<const Value> arguments) {
  const std::string_view text = arguments[0].text();
  const std::int64_t limit = arguments.size() == 3 ? arguments[2].integer : -1;
  if (limit == 0 || (text.empty() && arguments[1].size == 0)) return made_value(Kind::kList, nullptr, 0);
  std::size_t count = 0;
  split_parts(text, arguments[1].text(), limit, [&](std::string_view) { ++count; });
  Value* items = meter.values(count);
  if (items == nullptr || !meter.spend(count)) return meter.problem();
  Value* at = items;
  split_parts(text, arguments[1].text(), limit, [&](std::string_view part) { *at++ = string_value(part); });
  return made_value(Kind::kList, items, count);
}

// Calls `take` with the pieces of the text in which `from` is replaced, `limit` times at most when it is not negative.
template <class Take>
void replaced_parts(std::string_view text, std::string_view from, std::string_view to, std::int64_t limit,
                    const Take& take) {
  for (std::int64_t count = 0; limit < 0 || count < limit; ++count) {
    const std::size_t at = find(text, from);
    if (at == std::string_view::npos) break;
    take(text.substr(0, at));
    take(to);
    text.remove_prefix(at + from.size());
    if (!from.empty()) continue;
    if (text.empty()) return;
    const std::size_t size = character_size(text, 0);
    take(text.substr(0, size));
    text.remove_prefix(size);
  }
  take(text);
}

Value replaced(Meter& meter, std::span<const Value> arguments) {
  const std::int64_t limit = arguments.size() == 4 ? arguments[3].integer : -1;
  const auto each = [&](const auto& take) {
    replaced_parts(arguments[0].text(), arguments[1].text(), arguments[2].text(), limit, take);
  };
  std::size_t size = 0;
  each([&](std::string_view part) { size += part.size(); });
  char* to = size > UINT32_MAX ? meter.bytes(SIZE_MAX / 2) : meter.bytes(size);
  if (to == nullptr) return meter.problem();
  char* at = to;
  each([&](std::string_view part) { at = std::ranges::copy(part, at).out; });
  return string_value({to, size});
}

Value joined(Meter& meter, std::span<const Value> arguments) {
  const std::string_view separator = arguments.size() == 2 ? arguments[1].text() : std::string_view();
  std::size_t size = 0;
  Value unused;
  Value part;
  for (Cursor cursor(arguments[0]); cursor.next(unused, part, Kind::kDyn);) {
    if (!meter.spend()) return meter.problem();
    if (part.is_error()) return part;
    if (part.kind != Kind::kString) return error_value(Problem::kNoOverload);
    size += separator.size() + part.size;
  }
  size -= size == 0 ? 0 : separator.size();
  char* to = meter.bytes(size);
  if (to == nullptr) return meter.problem();
  char* at = to;
  bool first = true;
  for (Cursor cursor(arguments[0]); cursor.next(unused, part, Kind::kDyn); first = false) {
    if (!first) at = std::ranges::copy(separator, at).out;
    at = std::ranges::copy(part.text(), at).out;
  }
  return string_value({to, size});
}

// What functions take beside their text or list: texts, and whole numbers from the third argument on; charAt and
// substring take numbers at once.
bool arguments_fit(Op op, std::span<const Value> arguments) {
  const bool numbers = op == Op::kCharAt || op == Op::kSubstring;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const bool number = numbers || (op == Op::kReplace ? i == 3 : i == 2);
    if (arguments[i].kind != (number ? Kind::kInt : Kind::kString)) return false;
  }
  return arguments[0].kind == (op == Op::kJoin ? Kind::kList : Kind::kString);
}

}  // namespace

Value text_function(Meter& meter, Op op, std::span<const Value> arguments) {
  if (op == Op::kSize && arguments[0].kind == Kind::kBytes) return int_value(arguments[0].size);
  if (!arguments_fit(op, arguments)) return error_value(Problem::kNoOverload);
  if (op == Op::kJoin) return joined(meter, arguments);
  const std::string_view text = arguments[0].text();
  // A search from the end may look at the whole of the one for each byte of the other.
  const std::size_t factor = op == Op::kLastIndexOf ? 1 + arguments[1].size / 16 : 1;
  if (!meter.spend(text.size() / 16 * factor)) return meter.problem();
  switch (op) {
    case Op::kSize: return int_value(code_points(text));
    case Op::kContains: return bool_value(find(text, arguments[1].text()) != std::string_view::npos);
    case Op::kStartsWith: return bool_value(text.starts_with(arguments[1].text()));
    case Op::kEndsWith: return bool_value(text.ends_with(arguments[1].text()));
    case Op::kCharAt: return char_at(arguments);
    case Op::kIndexOf: return index_of(arguments);
    case Op::kLastIndexOf: return last_index_of(arguments);
    case Op::kLowerAscii: return changed(meter, text, to_lower);
    case Op::kUpperAscii: return changed(meter, text, to_upper);
    case Op::kReplace: return replaced(meter, arguments);
    case Op::kReverse: return reversed(meter, text);
    case Op::kSplit: return split_text(meter, arguments);
    case Op::kSubstring: return substring(arguments);
    case Op::kTrim: return string_value(trimmed(text));
    default: return error_value(Problem::kNoOverload);
  }
}

}  // namespace portico::cel
