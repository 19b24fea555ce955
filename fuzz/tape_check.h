// What must hold of every tape that text was decoded onto.
#pragma once

#include <cstdlib>
#include <set>
#include <string_view>

#include "base/text.h"
#include "json/tape.h"

namespace portico::fuzz {

// Walks the value at `i`: containers close where they say, keys are there once, texts are UTF-8. Aborts if not; gives
// the index behind the value.
inline std::size_t check_value(const json::TapeView& tape, std::size_t i) {
  namespace kind = json::tape;
  if (i + 1 >= tape.count) std::abort();
  const char type = tape.type(i);
  if (type == kind::kString && invalid_utf8(tape.text(i)) != std::string_view::npos) std::abort();
  if (type != kind::kObject && type != kind::kArray) return tape.next(i);
  const std::size_t after = tape.after(i);
  if (after <= i + 1 || after >= tape.count || tape.payload(after - 1) != i) std::abort();
  std::set<std::string_view> keys;
  std::uint32_t count = 0;
  std::size_t at = i + 1;
  while (at < after - 1) {
    ++count;
    if (type == kind::kObject) {
      if (tape.type(at) != kind::kString || !keys.insert(tape.text(at)).second) std::abort();
      ++at;
    }
    at = check_value(tape, at);
  }
  if (at != after - 1 || count != tape.saturated_count(i)) std::abort();
  return after;
}

// A finished tape: one value, and nothing behind it.
inline void check_tape(const json::TapeView& tape) {
  if (check_value(tape, json::TapeView::kFirst) != tape.count - 1) std::abort();
}

}  // namespace portico::fuzz
