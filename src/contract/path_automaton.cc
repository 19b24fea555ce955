#include "contract/path_automaton.h"

#include <algorithm>
#include <map>

#include "base/hash.h"
#include "base/text.h"

namespace portico::contract {
namespace {

constexpr std::uint64_t pair_key(std::uint32_t a, std::uint32_t b) { return std::uint64_t{a} << 32 | b; }

// The byte at `at` with percent-encoding undone, and how many raw bytes it takes. A malformed escape stands for itself.
struct Decoded {
  char byte;
  std::size_t length;
};
Decoded decoded_at(std::string_view raw, std::size_t at) {
  if (raw[at] == '%' && at + 2 < raw.size()) {
    const int high = hex_value(raw[at + 1]);
    const int low = hex_value(raw[at + 2]);
    if (high >= 0 && low >= 0) return {static_cast<char>(high * 16 + low), 3};
  }
  return {raw[at], 1};
}

// How many raw bytes of `raw` from `at` on decode to `literal`, or npos.
std::size_t literal_length(std::string_view raw, std::size_t at, std::string_view literal) {
  const std::size_t start = at;
  for (const char c : literal) {
    if (at >= raw.size()) return std::string_view::npos;
    const auto [byte, length] = decoded_at(raw, at);
    if (byte != c) return std::string_view::npos;
    at += length;
  }
  return at - start;
}

}  // namespace

void PairTable::insert(std::uint32_t a, std::uint32_t b, std::uint32_t value) {
  if ((count_ + 1) * 2 > slots_.size()) {
    std::vector<Slot> old(slots_.empty() ? 64 : slots_.size() * 2);
    old.swap(slots_);
    count_ = 0;
    for (const Slot& slot : old) {
      if (slot.key != 0)
        insert(static_cast<std::uint32_t>((slot.key - 1) >> 32), static_cast<std::uint32_t>(slot.key - 1), slot.value);
    }
  }
  const std::uint64_t key = pair_key(a, b) + 1;
  std::size_t at = mix(key, 0x9E3779B97F4A7C15U) & (slots_.size() - 1);
  while (slots_[at].key != 0 && slots_[at].key != key) at = (at + 1) & (slots_.size() - 1);
  if (slots_[at].key == 0) ++count_;
  slots_[at] = {key, value};
}

std::uint32_t PairTable::find(std::uint32_t a, std::uint32_t b) const {
  if (slots_.empty()) return kNone;
  const std::uint64_t key = pair_key(a, b) + 1;
  std::size_t at = mix(key, 0x9E3779B97F4A7C15U) & (slots_.size() - 1);
  while (slots_[at].key != key) {
    if (slots_[at].key == 0) return kNone;
    at = (at + 1) & (slots_.size() - 1);
  }
  return slots_[at].value;
}

bool Segments::split(std::string_view path) {
  count_ = 0;
  if (!path.starts_with('/')) return false;
  path.remove_prefix(1);
  for (;;) {
    if (count_ == kMax) return false;
    const auto end = std::min(path.find('/'), path.size());
    pieces_[count_++] = {path.data(), end};
    if (end == path.size()) return true;
    path.remove_prefix(end + 1);
  }
}

// Variables take as little as they can: for existence that is as good as any other choice, since a literal that is
// found earlier leaves more to what follows. Only the last literal is bound to the end.
bool match_segment(std::span<const SegmentPart> parts, std::string_view segment, std::span<std::string_view> values) {
  std::size_t at = 0;
  std::size_t taken = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].variable) {
      const auto length = literal_length(segment, at, parts[i].text);
      if (length == std::string_view::npos) return false;
      at += length;
      continue;
    }
    if (at >= segment.size()) return false;
    const std::size_t begin = at;
    at += decoded_at(segment, at).length;
    const bool last = i + 1 == parts.size();
    if (last) at = segment.size();
    if (!last && !parts[i + 1].variable) {
      const bool bound_to_end = i + 2 == parts.size();
      for (;; at += decoded_at(segment, at).length) {
        const auto length = literal_length(segment, at, parts[i + 1].text);
        if (length != std::string_view::npos && (!bound_to_end || at + length == segment.size())) break;
        if (at >= segment.size()) return false;
      }
    }
    if (taken < values.size()) values[taken++] = segment.substr(begin, at - begin);
  }
  return at == segment.size();
}

std::uint32_t PathAutomaton::literal_of(std::string_view segment) const {
  std::array<char, 256> buffer;
  if (segment.find('%') != std::string_view::npos) {
    std::size_t size = 0;
    for (std::size_t at = 0; at < segment.size();) {
      if (size == buffer.size()) return kNone;  // longer than any literal that is interned: see intern()
      const auto [byte, length] = decoded_at(segment, at);
      buffer[size++] = byte;
      at += length;
    }
    segment = {buffer.data(), size};
  }
  if (segment.size() > longest_literal_) return kNone;
  const std::uint64_t key = hash(segment);
  const auto number = literal_numbers_.find(static_cast<std::uint32_t>(key >> 32), static_cast<std::uint32_t>(key));
  return number == kNone || literals_[number] != segment ? kNone : number;
}

std::uint32_t PathAutomaton::intern(std::string_view literal) {
  if (const auto known = literal_of(literal); known != kNone) return known;
  const std::uint64_t key = hash(literal);
  const auto number = static_cast<std::uint32_t>(literals_.size());
  literals_.emplace_back(literal);
  longest_literal_ = std::max(longest_literal_, literal.size());
  literal_numbers_.insert(static_cast<std::uint32_t>(key >> 32), static_cast<std::uint32_t>(key), number);
  return number;
}

std::uint32_t PathAutomaton::child(std::uint32_t node, std::string_view segment) {
  auto parts = parts_of(segment);
  const auto add_node = [this] {
    nodes_.emplace_back();
    return static_cast<std::uint32_t>(nodes_.size() - 1);
  };
  if (parts.size() == 1 && parts.front().variable) {
    if (nodes_[node].variable == kNone) {
      const auto made = add_node();
      nodes_[node].variable = made;
    }
    return nodes_[node].variable;
  }
  const auto is_variable = [](const SegmentPart& part) { return part.variable; };
  if (std::ranges::none_of(parts, is_variable)) {
    const auto literal = intern(parts.empty() ? std::string_view() : parts.front().text);
    const auto found = children_.find(node, literal);
    if (found != kNone) return found;
    const auto made = add_node();
    nodes_[node].literals.emplace_back(literal, made);
    children_.insert(node, literal, made);
    return made;
  }
  const auto same = [&](const auto& pattern) {
    return std::ranges::equal(pattern.first, parts, [](const SegmentPart& a, const SegmentPart& b) {
      return a.variable == b.variable && (a.variable || a.text == b.text);
    });
  };
  auto& patterns = nodes_[node].patterns;
  if (const auto found = std::ranges::find_if(patterns, same); found != patterns.end()) return found->second;
  // The more a pattern says literally, the more concrete it is. Equal ones keep the document's order.
  const auto said = [](const std::vector<SegmentPart>& pattern) {
    std::size_t bytes = 0;
    for (const SegmentPart& part : pattern) bytes += part.variable ? 0 : part.text.size();
    return bytes;
  };
  const auto before =
      std::ranges::find_if(patterns, [&](const auto& other) { return said(other.first) < said(parts); });
  const auto index = before - patterns.begin();
  const auto made = add_node();
  auto& list = nodes_[node].patterns;
  list.emplace(list.begin() + index, std::move(parts), made);
  return made;
}

void PathAutomaton::add(std::string_view path, std::uint32_t id) {
  std::uint32_t node = 0;
  path.remove_prefix(path.starts_with('/') ? 1 : 0);
  for (const std::string_view segment : split(path, '/')) node = child(node, segment);
  if (nodes_[node].id == kNone) nodes_[node].id = id;
}

}  // namespace portico::contract
