#include <array>
#include <utility>

#include "injection/attack.h"
#include "injection/decode.h"
#include "injection/words.h"

namespace portico::injection {
namespace {

// Which characters a text has, by what they can begin.
enum Trait : std::uint16_t {
  kControl = 1,
  kQuote = 2,
  kBrace = 4,       // { } and what stands before it
  kAngle = 8,       // < >
  kSlash = 16,      // / and backslash
  kSeparator = 64,  // ; | & ` $ and line breaks
  kDollar = 128,
  kCode = 256,   // what encodings begin with
  kSign = 1024,  // = ( ) ,
  kMark = 2048,  // # @ * %
  kAnything = 4096,
};

constexpr auto kTraits = [] {
  std::array<std::uint16_t, 256> table{};
  const auto set = [&](std::string_view characters, std::uint16_t trait) {
    for (const char c : characters) table[static_cast<unsigned char>(c)] |= trait;
  };
  for (std::size_t c = 0; c < 0x20; ++c) table[c] |= kControl;
  table['\t'] = 0;
  table[0x7f] = kControl;
  set("'\"", kQuote);
  set("{}", kBrace);
  set("<>", kAngle | kSeparator);
  set("/\\", kSlash);
  set(";|&`$\n", kSeparator);
  set("$", kDollar);
  set("%&\\+\xe2\xe3\xef", kCode);
  set("=(),;|&", kSign);
  set("#@*%", kMark);
  return table;
}();

std::uint16_t traits_of(std::string_view text) {
  std::uint16_t traits = 0;
  for (const char c : text) traits |= kTraits[static_cast<unsigned char>(c)];
  return traits;
}

auto breaks_in(std::string_view text) {
  return std::ranges::count_if(text, [](char c) { return c == '\r' || c == '\n'; });
}

Verdict look_at_layer(std::string_view text, const Attacks& wanted, const Context& context, bool breaks_hidden) {
  const std::uint16_t traits = traits_of(text) | kAnything;
  const auto wants = [&](Attack attack) { return wanted.test(static_cast<std::size_t>(attack)); };
  if (wants(Attack::kHeader) && (traits & kControl) != 0) {
    if (const Verdict found = look_for_header(text, context, breaks_hidden)) return found;
  }
  struct Language {
    Attack attack;
    std::uint16_t needs;  // one of these traits
    Verdict (*look_for)(std::string_view);
  };
  constexpr std::array<Language, 7> kLanguages = {
      {{Attack::kTemplate, kBrace | kAngle | kMark, look_for_template},
       {Attack::kXxe, kAngle, look_for_xxe},
       {Attack::kSsrf, kAnything, look_for_ssrf},
       {Attack::kPath, kSlash, look_for_path},
       {Attack::kNoSql, kDollar | kQuote | kSign | kSeparator, look_for_nosql},
       {Attack::kSql, kAnything, look_for_sql},
       {Attack::kCommand, kSeparator, look_for_command}}};
  for (const auto& [attack, needs, look_for] : kLanguages) {
    if (!wants(attack) || (traits & needs) == 0) continue;
    if (const Verdict found = look_for(text)) return found;
  }
  return {};
}

}  // namespace

Verdict look(std::string_view text, const Attacks& wanted, const Context& context, Scratch& scratch) {
  if (text.size() < 3 && !context.one_line) return {};
  if (const Verdict found = look_at_layer(text, wanted, context, false)) return found;
  if ((traits_of(text) & kCode) == 0) return {};
  // Encodings within encodings: deeper ones are nobody's.
  constexpr int kLayers = 3;
  const auto breaks = breaks_in(text);
  std::string* to = &scratch.decoded;
  std::string* from = &scratch.again;
  for (int layer = 0; layer < kLayers; ++layer) {
    to->clear();
    if (!decode_layer(layer == 0 ? text : std::string_view(*from), *to)) return {};
    const bool breaks_hidden = breaks_in(*to) > breaks;
    if (const Verdict found = look_at_layer(*to, wanted, context, breaks_hidden)) return found;
    std::swap(to, from);
  }
  return {};
}

}  // namespace portico::injection
