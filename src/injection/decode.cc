#include "injection/decode.h"

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/text.h"
#include "base/utf8.h"

namespace portico::injection {
namespace {

struct Piece {
  std::uint32_t code_point;
  std::size_t size;  // bytes that it took
  bool is_byte = false;
};

std::optional<std::uint32_t> hex_number(std::string_view text, std::size_t from, std::size_t digits) {
  if (from + digits > text.size()) return std::nullopt;
  std::uint32_t value = 0;
  for (std::size_t i = from; i < from + digits; ++i) {
    const int digit = hex_value(text[i]);
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<std::uint32_t>(digit);
  }
  return value;
}

std::optional<Piece> percent(std::string_view text) {
  if (text.size() > 5 && to_lower(text[1]) == 'u') {
    if (const auto value = hex_number(text, 2, 4)) return Piece{*value, 6};
  }
  const auto value = hex_number(text, 1, 2);
  if (!value) return std::nullopt;
  // Overlong forms of "." and "/" that lax readers take.
  if ((*value == 0xc0 || *value == 0xc1) && text.size() > 5 && text[3] == '%') {
    if (const auto next = hex_number(text, 4, 2)) return Piece{((*value & 1) << 6) | (*next & 0x3f), 6};
  }
  return Piece{*value, 3, true};
}

std::optional<Piece> reference(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 12> kNamed = {{{"&lt;", '<'},
                                                                         {"&gt;", '>'},
                                                                         {"&amp;", '&'},
                                                                         {"&quot;", '"'},
                                                                         {"&apos;", '\''},
                                                                         {"&sol;", '/'},
                                                                         {"&Tab;", '\t'},
                                                                         {"&NewLine;", '\n'},
                                                                         {"&lpar;", '('},
                                                                         {"&rpar;", ')'},
                                                                         {"&colon;", ':'},
                                                                         {"&semi;", ';'}}};
  for (const auto& [name, character] : kNamed) {
    if (text.starts_with(name)) return Piece{static_cast<std::uint32_t>(character), name.size()};
  }
  if (text.size() < 4 || text[1] != '#') return std::nullopt;
  const bool hex = to_lower(text[2]) == 'x';
  std::uint32_t value = 0;
  std::size_t i = hex ? 3 : 2;
  const std::size_t first = i;
  for (; i < text.size() && i < first + 7; ++i) {
    const int digit = hex_value(text[i]);
    if (digit < 0 || (!hex && digit > 9)) break;
    value = value * (hex ? 16 : 10) + static_cast<std::uint32_t>(digit);
  }
  if (i == first || i >= text.size() || text[i] != ';' || value == 0 || value > 0x10ffff) return std::nullopt;
  return Piece{value, i + 1};
}

std::optional<Piece> escape(std::string_view text) {
  if (text.size() > 5 && text[1] == 'u') {
    if (const auto value = hex_number(text, 2, 4)) return Piece{*value, 6};
  }
  if (text.size() > 3 && text[1] == 'x') {
    if (const auto value = hex_number(text, 2, 2)) return Piece{*value, 4};
  }
  return std::nullopt;
}

// Three bytes of UTF-8 that compatibility folding (Unicode's NFKC) makes ASCII.
std::optional<Piece> folded(std::string_view text) {
  if (text.size() < 3) return std::nullopt;
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const std::uint32_t c = ((byte(0) & 0x0f) << 12) | ((byte(1) & 0x3f) << 6) | (byte(2) & 0x3f);
  if (c >= 0xff01 && c <= 0xff5e) return Piece{c - 0xff01 + 0x21, 3};
  if (c >= 0x2460 && c <= 0x2468) return Piece{c - 0x2460 + '1', 3};
  if (c == 0x24ea) return Piece{'0', 3};
  if (c == 0x3002 || c == 0xff61) return Piece{'.', 3};
  return std::nullopt;
}

void append(const Piece& piece, std::string& out) {
  if (piece.is_byte || piece.code_point < 0x80) {
    out += static_cast<char>(piece.code_point);
  } else if (piece.code_point < 0x800) {
    out += static_cast<char>(0xc0 | (piece.code_point >> 6));
    out += static_cast<char>(0x80 | (piece.code_point & 0x3f));
  } else {
    out += static_cast<char>(0xe0 | ((piece.code_point >> 12) & 0x0f));
    out += static_cast<char>(0x80 | ((piece.code_point >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (piece.code_point & 0x3f));
  }
}

}  // namespace

bool decode_layer(std::string_view text, std::string& out) {
  bool changed = false;
  // Forms write spaces as "+".
  const bool plus = text.find(' ') == std::string_view::npos && text.find('+') != std::string_view::npos;
  for (std::size_t i = 0; i < text.size();) {
    std::optional<Piece> piece;
    const std::string_view rest = text.substr(i);
    switch (text[i]) {
      case '%': piece = percent(rest); break;
      case '&': piece = reference(rest); break;
      case '\\': piece = escape(rest); break;
      case '\xe2':
      case '\xe3':
      case '\xef': piece = folded(rest); break;
      case '+':
        if (plus) piece = Piece{' ', 1};
        break;
      default: break;
    }
    if (piece) {
      append(*piece, out);
      i += piece->size;
      changed = true;
    } else {
      out += text[i++];
    }
  }
  return changed;
}

}  // namespace portico::injection
