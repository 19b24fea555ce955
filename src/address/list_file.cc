#include "address/list_file.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/file.h"
#include "base/text.h"

namespace portico::address {
namespace {

constexpr std::uint64_t kMaxBytes = UINT64_C(256) << 20;
constexpr std::size_t kMaxRanges = 8'000'000;

std::string_view take_word(std::string_view& line) {
  line = trim(line);
  const auto end = std::min(line.find_first_of(" \t"), line.size());
  const auto word = line.substr(0, end);
  line.remove_prefix(end);
  return word;
}

std::optional<Range> parse_range(std::string_view text) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) {
    const auto network = parse_network(text);
    return network ? std::optional(range_of(*network)) : std::nullopt;
  }
  const auto first = parse_ip(trim(text.substr(0, dash)));
  const auto last = parse_ip(trim(text.substr(dash + 1)));
  if (!first || !last || first->is_v4() != last->is_v4() || *last < *first) return std::nullopt;
  return Range{*first, *last};
}

// The entry of a line without its comment; empty when there is none.
std::string_view entry_of(std::string_view line) {
  std::string_view rest = line;
  const std::string_view first = take_word(rest);
  if (first == "create") return {};  // of ipset: what the set is called and how it is kept
  if (first == "add") {
    take_word(rest);
    const std::string_view added = take_word(rest);
    return added.empty() ? first : added;
  }
  if (first == "deny" || first == "allow") return trim(rest);
  return trim(line);
}

}  // namespace

Result<void> read_list(std::string_view text, const std::string& name, std::vector<Range>& to) {
  std::uint32_t number = 0;
  while (!text.empty()) {
    ++number;
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line = line.substr(0, line.find_first_of("#;"));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::string_view entry = entry_of(line);
    if (entry.empty()) continue;
    const auto range = parse_range(entry);
    if (!range) {
      return failure(ErrorCode::kSyntax, "\"" + printable(entry, 60) + "\" is no address, network or range",
                     Place{.file = name, .line = number, .column = 1});
    }
    if (to.size() == kMaxRanges) {
      return failure(ErrorCode::kLimit, "more than " + std::to_string(kMaxRanges) + " entries",
                     Place{.file = name, .line = number});
    }
    to.push_back(*range);
  }
  return {};
}

Result<void> read_list_file(const std::string& path, std::vector<Range>& to) {
  PORTICO_TRY(const std::string text, read_file(path, kMaxBytes));
  return read_list(text, path, to);
}

}  // namespace portico::address
