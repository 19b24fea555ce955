// The tokens of an expression (cel-spec, "Syntax").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace portico::cel {

struct Token {
  enum class Kind : std::uint8_t { kEnd, kName, kQuotedName, kInt, kUint, kDouble, kString, kBytes, kSymbol };

  Kind kind = Kind::kEnd;
  std::uint32_t position = 0;  // offset in bytes
  std::string_view text;       // as written; kQuotedName: without the quotes
  std::uint64_t integer = 0;   // kInt: the magnitude, at most 2^63
  double real = 0;
  std::string bytes;  // kString, kBytes: without quotes and escapes
};

// The last token is kEnd. Errors are at the place within the expression, as line and column.
Result<std::vector<Token>> tokens_of(std::string_view expression);

// Line and column, from 1, of an offset.
Place place_in(std::string_view expression, std::size_t position);

}  // namespace portico::cel
