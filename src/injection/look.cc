#include <array>
#include <utility>

#include "injection/attack.h"
#include "injection/decode.h"
#include "injection/words.h"

namespace portico::injection {
namespace {

// Characters without which a text is nobody's syntax.
bool has_syntax(std::string_view text) {
  static constexpr auto kSyntax = [] {
    std::array<bool, 256> table{};
    for (const char c : std::string_view("'\"`;|&$<>(){}%\\/=#@:*\r\n\x1b"))
      table[static_cast<unsigned char>(c)] = true;
    for (int c = 0; c < 0x20; ++c) table[static_cast<std::size_t>(c)] = true;
    table[0x7f] = table[0xe2] = table[0xe3] = table[0xef] = true;
    table[static_cast<unsigned char>('.')] = true;
    return table;
  }();
  return std::ranges::any_of(text, [](char c) { return kSyntax[static_cast<unsigned char>(c)]; });
}

auto breaks_in(std::string_view text) {
  return std::ranges::count_if(text, [](char c) { return c == '\r' || c == '\n'; });
}

Verdict look_at_layer(std::string_view text, const Attacks& wanted, const Context& context, bool breaks_hidden) {
  const auto wants = [&](Attack attack) { return wanted.test(static_cast<std::size_t>(attack)); };
  if (wants(Attack::kHeader)) {
    if (const Verdict found = look_for_header(text, context, breaks_hidden)) return found;
  }
  using Look = Verdict (*)(std::string_view);
  constexpr std::array<std::pair<Attack, Look>, 7> kLanguages = {{{Attack::kTemplate, look_for_template},
                                                                  {Attack::kXxe, look_for_xxe},
                                                                  {Attack::kSsrf, look_for_ssrf},
                                                                  {Attack::kPath, look_for_path},
                                                                  {Attack::kNoSql, look_for_nosql},
                                                                  {Attack::kSql, look_for_sql},
                                                                  {Attack::kCommand, look_for_command}}};
  for (const auto& [attack, look_for] : kLanguages) {
    if (!wants(attack)) continue;
    if (const Verdict found = look_for(text)) return found;
  }
  return {};
}

}  // namespace

Verdict look(std::string_view text, const Attacks& wanted, const Context& context, Scratch& scratch) {
  if (text.size() < 3 && !context.one_line) return {};
  if (!has_syntax(text)) {
    // Words and numbers alone: SQL that is put behind a number.
    return wanted.test(static_cast<std::size_t>(Attack::kSql)) ? look_for_sql(text) : Verdict{};
  }
  if (const Verdict found = look_at_layer(text, wanted, context, false)) return found;
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
