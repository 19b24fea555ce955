#include "yaml/columns.h"

#include <algorithm>

namespace portico::yaml {

Columns::Columns(std::string_view text) : text_(text) {
  if (std::ranges::all_of(text, [](char c) { return static_cast<signed char>(c) >= 0; })) return;
  lines_.push_back(0);
  for (std::size_t i = 0; i < text.size(); ++i) {
    // What libyaml takes for line breaks: CR, LF, CR LF, NEL, LS and PS.
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (text[i] == '\n' || text[i] == '\r') {
      lines_.push_back(i + 1);
    } else if (text.compare(i, 2, "\xC2\x85") == 0) {
      lines_.push_back(i + 2);
    } else if (text.compare(i, 3, "\xE2\x80\xA8") == 0 || text.compare(i, 3, "\xE2\x80\xA9") == 0) {
      lines_.push_back(i + 3);
    }
  }
}

json::Mark Columns::mark(std::size_t line, std::size_t column) const {
  std::size_t bytes = column;
  if (line < lines_.size()) {
    std::size_t at = lines_[line];
    for (std::size_t characters = 0; characters < column && at < text_.size(); ++characters) {
      ++at;
      while (at < text_.size() && (static_cast<unsigned char>(text_[at]) & 0xC0) == 0x80) ++at;
    }
    bytes = at - lines_[line];
  }
  return {static_cast<std::uint32_t>(line + 1), static_cast<std::uint32_t>(bytes + 1)};
}

}  // namespace portico::yaml
