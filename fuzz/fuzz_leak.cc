// The search for leaks: finds are in order, within the text, and of one kind never within one another.
#include <bitset>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "leak/scanner.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace portico::leak;
  static const auto scanner = Scanner::make(std::bitset<kKinds>().set());
  if (!scanner) std::abort();
  static Scanner::Scratch scratch(*scanner);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::size_t reached[kKinds] = {};
  for (const Find& find : scanner->scan(text, scratch)) {
    std::size_t& end = reached[static_cast<std::size_t>(find.kind())];
    if (find.begin > find.end || find.end > size || find.begin < end) std::abort();
    end = find.end;
  }
  return 0;
}
