#include "json/tape_writer.h"

#include <array>

namespace portico::json {

bool TapeWriter::lone_scalar() {
  std::array<std::uint8_t, 128> text;
  const std::size_t length = source_->size - *next_;
  if (length >= text.size()) return false;
  text.fill(' ');
  std::memcpy(text.data(), bytes_ + *next_++, length);
  return scalar_at(text.data());
}

bool TapeWriter::walk(const TapeSource& source, Progress& progress, std::uint32_t depth) {
  TapeWriter writer(source);
  writer.next_ = progress.next;
  writer.out_ = progress.out;
  writer.signature_ = progress.signature;
  writer.backslash_ = progress.backslash;
  const bool read = writer.value(depth);
  progress = {writer.next_, writer.out_, writer.signature_, writer.backslash_};
  return read;
}

}  // namespace portico::json
