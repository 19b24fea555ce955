#include "json/tree.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>

#include "base/text.h"

namespace portico::json {
namespace {

// Up to this many members a scan beats the search, and no index is kept.
constexpr std::size_t kLinear = 8;

const std::uint32_t* index_of(std::span<const Member> members) {
  return reinterpret_cast<const std::uint32_t*>(members.data() + members.size());
}

}  // namespace

std::string_view name(Kind kind) {
  constexpr std::array<std::string_view, 6> kNames = {"null", "boolean", "number", "string", "array", "object"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::optional<std::int64_t> Node::integer() const {
  if (kind_ != Kind::kNumber) return std::nullopt;
  const std::string_view literal = text();
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(literal.data(), literal.data() + literal.size(), value);
  if (end == literal.data() + literal.size()) return error == std::errc{} ? std::optional(value) : std::nullopt;
  // Written with a fraction or an exponent. Beyond 2^53 a double no longer tells whole numbers apart.
  constexpr double kExact = 9007199254740992.0;
  const auto real = number();
  if (!real || std::fabs(*real) > kExact || std::trunc(*real) != *real) return std::nullopt;
  return static_cast<std::int64_t>(*real);
}

std::optional<double> Node::number() const {
  if (kind_ != Kind::kNumber) return std::nullopt;
  double value = 0;
  const std::string_view literal = text();
  const auto [end, error] = std::from_chars(literal.data(), literal.data() + literal.size(), value);
  if (error != std::errc{} || end != literal.data() + literal.size()) return std::nullopt;
  return value;
}

const Member* Node::find_member(std::string_view key) const {
  const auto all = members();
  if (all.size() <= kLinear) {
    const auto found = std::ranges::find_if(all, [&](const Member& member) { return member.key->text() == key; });
    return found == all.end() ? nullptr : &*found;
  }
  const std::span sorted(index_of(all), all.size());
  const auto key_at = [&](std::uint32_t i) { return all[i].key->text(); };
  const auto found = std::ranges::lower_bound(sorted, key, {}, key_at);
  return found == sorted.end() || key_at(*found) != key ? nullptr : &all[*found];
}

Node* TreeBuilder::node(Kind kind, Mark mark) {
  Node* node = new (arena_->allocate(sizeof(Node), alignof(Node))) Node;
  node->kind_ = kind;
  node->document_ = document_;
  node->line_ = mark.line;
  node->column_ = mark.column;
  return node;
}

const Node* TreeBuilder::scalar(Kind kind, std::string_view text, Mark mark) {
  Node* made = node(kind, mark);
  const auto copy = arena_->copy(text);
  made->text_ = copy.data();
  made->size_ = static_cast<std::uint32_t>(copy.size());
  return made;
}

const Node* TreeBuilder::array(std::span<const Node* const> items, Mark mark) {
  Node* made = node(Kind::kArray, mark);
  made->items_ = arena_->copy(items).data();
  made->size_ = static_cast<std::uint32_t>(items.size());
  return made;
}

const Node* TreeBuilder::object(std::span<const Member> members, Mark mark,
                                std::pair<const Node*, const Node*>& duplicate) {
  Node* made = node(Kind::kObject, mark);
  made->size_ = static_cast<std::uint32_t>(members.size());
  const bool indexed = members.size() > kLinear;
  auto* at = static_cast<Member*>(
      arena_->allocate(members.size_bytes() + (indexed ? members.size() * sizeof(std::uint32_t) : 0), alignof(Member)));
  std::ranges::copy(members, at);
  made->members_ = at;
  if (!indexed) {
    for (std::size_t i = 1; i < members.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (at[i].key->text() != at[j].key->text()) continue;
        duplicate = {at[j].key, at[i].key};
        return nullptr;
      }
    }
    return made;
  }
  const std::span index(reinterpret_cast<std::uint32_t*>(at + members.size()), members.size());
  std::iota(index.begin(), index.end(), 0U);
  std::ranges::sort(index, [at](std::uint32_t a, std::uint32_t b) {
    const int order = at[a].key->text().compare(at[b].key->text());
    return order != 0 ? order < 0 : a < b;
  });
  for (std::size_t i = 1; i < index.size(); ++i) {
    if (at[index[i - 1]].key->text() != at[index[i]].key->text()) continue;
    duplicate = {at[index[i - 1]].key, at[index[i]].key};
    return nullptr;
  }
  return made;
}

Document& Documents::add(std::string name, std::string uri) {
  Document& document = documents_.emplace_back();
  document.name = std::move(name);
  document.uri = std::move(uri);
  document.index = static_cast<std::uint16_t>(documents_.size() - 1);
  return document;
}

const Document* Documents::find(std::string_view uri) const {
  const auto found = std::ranges::find_if(documents_, [&](const Document& d) { return d.uri == uri; });
  return found == documents_.end() ? nullptr : &*found;
}

}  // namespace portico::json
