#include "json/writer.h"

#include <gtest/gtest.h>

namespace portico::json {
namespace {

std::string written(std::string_view text) {
  std::string out;
  append_string(out, text);
  return out;
}

TEST(Writer, EscapesWhatJsonAndTerminalsNeed) {
  EXPECT_EQ(written(""), R"("")");
  EXPECT_EQ(written("plain text, [with] {punctuation} ~!"), R"("plain text, [with] {punctuation} ~!")");
  EXPECT_EQ(written("a\"b\\c\nd\re\tf"), R"("a\"b\\c\nd\re\tf")");
  EXPECT_EQ(written(std::string_view("\0\x1F\x7F", 3)), R"("\u0000\u001f\u007f")");
  EXPECT_EQ(written("gr\xC3\xBC\xC3\x9F"), "\"gr\xC3\xBC\xC3\x9F\"");
  EXPECT_EQ(written("\xFF\xC3"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

// Plain text is told by words of eight bytes: each byte at each place of a word, and behind the last whole one.
TEST(Writer, SeesEveryByteAtEveryPlace) {
  for (int value = 0; value < 256; ++value) {
    const std::string one(1, static_cast<char>(value));
    const std::string inner = written(one).substr(1, written(one).size() - 2);
    for (std::size_t size = 1; size <= 20; ++size) {
      for (std::size_t at = 0; at < size; ++at) {
        const std::string before(at, 'a');
        const std::string after(size - at - 1, '~');
        ASSERT_EQ(written(before + one + after), '"' + before + inner + after + '"') << value << " at " << at;
      }
    }
  }
}

}  // namespace
}  // namespace portico::json
