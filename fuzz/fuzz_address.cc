// Texts that name addresses: lists of them, and what proxies say of who called. A set holds what its list says at the
// ends of each range and is the same once it went through bytes; a set out of any bytes is looked up without harm.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#include "address/forwarded.h"
#include "address/list_file.h"
#include "address/set.h"

namespace {

using namespace portico::address;

void check_list(std::string_view text) {
  std::vector<Range> ranges;
  if (!read_list(text, "list", ranges)) return;
  const Set set = Set::make(ranges);
  const auto again = Set::over(set.bytes());
  if (!again) std::abort();
  for (const Range& range : ranges) {
    for (const Ip ip : {range.first, range.last}) {
      // An IPv6 range holds no IPv4 address, even where it reaches around them.
      const bool excepted = ip.is_v4() != range.first.is_v4();
      if (!excepted && (!set.contains(ip) || !again->contains(ip))) std::abort();
      if (parse_ip(to_string(ip)) != ip) std::abort();
    }
  }
}

void check_forwarded(std::string_view text, ForwardedSyntax syntax) {
  static const Set trusted = Set::make({range_of(*parse_network("10.0.0.0/8"))});
  const Ip peer = *parse_ip("10.0.0.1");
  ClientFinder finder(peer, trusted, syntax);
  if (!finder.read(text)) return;
  // Whoever it is, it was said by somebody who is trusted.
  if (finder.client() != peer && finder.wants_more() && !trusted.contains(finder.client())) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 0: check_list(text); break;
    case 1: check_forwarded(text, ForwardedSyntax::kXForwardedFor); break;
    case 2: check_forwarded(text, ForwardedSyntax::kForwarded); break;
    default: {
      std::vector<std::uint64_t> words(text.size() / 8);
      if (!words.empty()) std::memcpy(words.data(), text.data(), words.size() * 8);
      const auto set = Set::over(std::as_bytes(std::span(words)));
      if (!set) break;
      for (const std::uint64_t word : words) {
        (void)set->contains({word, word});
        (void)set->contains({0, UINT64_C(0xffff00000000) | (word & 0xffffffff)});
      }
    }
  }
  return 0;
}
