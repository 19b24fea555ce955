// libyaml counts columns in characters, Portico in bytes; the two differ on lines with anything but ASCII before the
// place. Internal to yaml/.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "json/tree.h"

namespace portico::yaml {

class Columns {
 public:
  // `text` must outlive this.
  explicit Columns(std::string_view text);

  // From libyaml's line and column, both counted from 0. Cheap when asked in the order of the text.
  json::Mark mark(std::size_t line, std::size_t column) {
    return {static_cast<std::uint32_t>(line + 1),
            static_cast<std::uint32_t>((lines_.empty() ? column : bytes_before(line, column)) + 1)};
  }

 private:
  std::size_t bytes_before(std::size_t line, std::size_t column);

  std::string_view text_;
  std::vector<std::size_t> lines_;  // where each line starts; empty when all is ASCII
  // The place of the last question. Marks come in order, and a document may be all in one line.
  struct {
    std::size_t line = 0;
    std::size_t column = 0;
    std::size_t at = 0;
  } last_;
};

}  // namespace portico::yaml
