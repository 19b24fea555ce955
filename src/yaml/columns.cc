#include "yaml/columns.h"

namespace portico::yaml {

namespace {

// Without a branch in the loop, which the compiler then runs over many bytes at once.
bool is_ascii(std::string_view text) {
  unsigned char all = 0;
  for (const char c : text) all = static_cast<unsigned char>(all | static_cast<unsigned char>(c));
  return all < 0x80;
}

}  // namespace

Columns::Columns(std::string_view text) : text_(text) {
  if (is_ascii(text)) return;
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

std::size_t Columns::bytes_before(std::size_t line, std::size_t column) {
  if (line >= lines_.size()) return column;
  if (line != last_.line || column < last_.column) last_ = {line, 0, lines_[line]};
  for (; last_.column < column && last_.at < text_.size(); ++last_.column) {
    ++last_.at;
    while (last_.at < text_.size() && (static_cast<unsigned char>(text_[last_.at]) & 0xC0) == 0x80) ++last_.at;
  }
  return last_.at - lines_[line];
}

}  // namespace portico::yaml
