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

  // From libyaml's line and column, both counted from 0.
  json::Mark mark(std::size_t line, std::size_t column) const;

 private:
  std::string_view text_;
  std::vector<std::size_t> lines_;  // where each line starts; empty when all is ASCII
};

}  // namespace portico::yaml
