#include "address/set.h"

#include <algorithm>
#include <cstring>

namespace portico::address {
namespace {

// The block: this header, the tree of IPv4, that of IPv6, and the lower halves; each part is aligned to 8 bytes.
struct SetHeader {
  std::uint64_t magic;
  std::uint64_t v4_count;
  std::uint64_t v6_count;
  std::uint64_t low_count;
};

constexpr std::uint64_t kMagic = UINT64_C(0x31746573'72646461);  // "addrset1"
constexpr std::uint64_t kMostKeys = UINT64_C(1) << 28;

std::size_t words_of_v4(std::size_t count) { return (SortedKeys<std::uint32_t>::size_for(count) + 1) / 2; }

// Sorted, and those that overlap or touch made one. All of one kind.
std::vector<Range> merged(std::vector<Range> ranges) {
  std::ranges::sort(ranges, {}, &Range::first);
  std::vector<Range> out;
  for (const Range& range : ranges) {
    if (!out.empty()) {
      Ip& last = out.back().last;
      const Ip next{last.high + (last.low == ~std::uint64_t{0} ? 1 : 0), last.low + 1};
      const bool is_end_of_all = last.high == ~std::uint64_t{0} && last.low == ~std::uint64_t{0};
      if (is_end_of_all || range.first <= next) {
        last = std::max(last, range.last);
        continue;
      }
    }
    out.push_back(range);
  }
  return out;
}

template <class T>
void append(std::vector<std::uint64_t>& words, std::span<const T> items) {
  const std::size_t at = words.size();
  words.resize(at + (items.size_bytes() + 7) / 8);
  if (!items.empty()) std::memcpy(words.data() + at, items.data(), items.size_bytes());
}

}  // namespace

Range range_of(const Network& network) { return {network.base, last_of(network.base, network.length)}; }

Set Set::make(std::vector<Range> ranges) {
  const auto middle = std::partition(ranges.begin(), ranges.end(), [](const Range& r) { return r.first.is_v4(); });
  const std::vector<Range> v6 = merged({middle, ranges.end()});
  ranges.erase(middle, ranges.end());
  const std::vector<Range> v4 = merged(std::move(ranges));

  std::vector<std::uint32_t> v4_keys;
  for (const Range& range : v4) {
    v4_keys.push_back(static_cast<std::uint32_t>(range.first.low));
    // The last range may reach to the end of all, where nothing comes behind it.
    if (const auto last = static_cast<std::uint32_t>(range.last.low); last != UINT32_MAX) v4_keys.push_back(last + 1);
  }
  std::vector<std::uint64_t> high;
  std::vector<std::uint64_t> low;
  bool has_low = false;
  const auto add = [&](Ip ip) {
    high.push_back(ip.high);
    low.push_back(ip.low);
    has_low = has_low || ip.low != 0;
  };
  for (const Range& range : v6) {
    add(range.first);
    const bool carries = range.last.low == ~std::uint64_t{0};
    if (!carries || range.last.high != ~std::uint64_t{0})
      add({range.last.high + (carries ? 1 : 0), range.last.low + 1});
  }
  if (!has_low) low.clear();

  auto words = std::make_shared<std::vector<std::uint64_t>>();
  const std::uint64_t header[] = {kMagic, v4_keys.size(), high.size(), low.size()};
  words->reserve(4 + words_of_v4(v4_keys.size()) + SortedKeys<std::uint64_t>::size_for(high.size()) + low.size());
  append<std::uint64_t>(*words, header);
  std::vector<std::uint32_t> tree;
  SortedKeys<std::uint32_t>::build(v4_keys, tree);
  append<std::uint32_t>(*words, tree);
  SortedKeys<std::uint64_t>::build(high, *words);
  append<std::uint64_t>(*words, low);

  Set set = *over(std::as_bytes(std::span(*words)));
  set.owned_ = std::move(words);
  return set;
}

Result<Set> Set::over(std::span<const std::byte> bytes) {
  const auto broken = [] { return failure(ErrorCode::kInvalid, "a compiled address list is damaged"); };
  SetHeader header{};
  if (bytes.size() < sizeof(header)) return broken();
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.magic != kMagic || header.v4_count > kMostKeys || header.v6_count > kMostKeys) return broken();
  if (header.low_count != 0 && header.low_count != header.v6_count) return broken();
  const std::size_t v4_words = words_of_v4(header.v4_count);
  const std::size_t v6_words = SortedKeys<std::uint64_t>::size_for(header.v6_count);
  if (bytes.size() != sizeof(header) + 8 * (v4_words + v6_words + header.low_count)) return broken();
  const auto* words = reinterpret_cast<const std::uint64_t*>(bytes.data()) + sizeof(header) / 8;
  Set set;
  set.bytes_ = bytes;
  set.v4_ = {{reinterpret_cast<const std::uint32_t*>(words), SortedKeys<std::uint32_t>::size_for(header.v4_count)},
             header.v4_count};
  set.v6_ = {{words + v4_words, v6_words}, header.v6_count};
  set.low_ = {words + v4_words + v6_words, header.low_count};
  return set;
}

bool Set::contains(Ip ip) const {
  if (ip.is_v4()) return v4_.rank(static_cast<std::uint32_t>(ip.low)) % 2 == 1;
  return contains_v6(ip);
}

bool Set::contains_v6(Ip ip) const {
  const std::size_t end = v6_.rank(ip.high);
  if (low_.empty() || end == 0 || v6_[end - 1] != ip.high) return end % 2 == 1;
  // Among the changes with this upper half, those up to the lower one. Mostly they are few.
  constexpr std::size_t kFew = 8;
  std::size_t begin = end - 1;
  while (begin > 0 && end - begin < kFew && v6_[begin - 1] == ip.high) --begin;
  if (begin > 0 && v6_[begin - 1] == ip.high) begin = ip.high == 0 ? 0 : std::min(v6_.rank(ip.high - 1), end);
  const auto first = low_.begin() + static_cast<std::ptrdiff_t>(begin);
  const auto last = low_.begin() + static_cast<std::ptrdiff_t>(end);
  return (std::upper_bound(first, last, ip.low) - low_.begin()) % 2 == 1;
}

}  // namespace portico::address
