#include "identity/identity.h"

#include <algorithm>
#include <array>

#include "identity/digest.h"
#include "identity/record.h"

namespace portico::identity {

std::string_view name(Method method) {
  constexpr std::array<std::string_view, 3> kNames = {"token", "api-key", "certificate"};
  return kNames[static_cast<std::size_t>(method)];
}

bool Identity::has_scope(std::string_view scope) const { return std::ranges::find(scopes, scope) != scopes.end(); }

void release(const Identity* identity) {
  const auto* record = static_cast<const Record*>(identity);
  if (record == nullptr || record->holders == Record::kUncounted) return;
  if (--record->holders == 0) delete record;
}

const Identity* share(const Identity* identity) {
  return identity == nullptr ? nullptr : hold(static_cast<const Record*>(identity));
}

Digest token_digest(std::string_view token) { return sha256(token.substr(0, token.rfind('.'))); }

void Record::keep_claims(json::TapeView tape) {
  std::uint64_t end = 0;
  const std::size_t behind = tape.next(json::TapeView::kFirst);
  for (std::size_t i = json::TapeView::kFirst; i < behind;) {
    const char type = tape.type(i);
    const bool has_text = type == json::tape::kString || type == json::tape::kBigNumber;
    if (has_text) end = std::max<std::uint64_t>(end, tape.offset(i) + tape.length(i));
    // Brackets are stepped into, numbers over.
    const bool wide = type == json::tape::kInteger || type == json::tape::kUnsigned || type == json::tape::kDouble ||
                      type == json::tape::kBigNumber;
    i += wide ? 2 : 1;
  }
  words.assign(tape.words, tape.words + behind + 1);  // with the closing marker
  strings.reserve(end + json::tape::kStringSlack);
  strings.assign(tape.strings, tape.strings + end);
  strings.resize(end + json::tape::kStringSlack);
  claims = {words.data(), words.size(), strings.data()};
}

std::size_t Record::footprint() const {
  std::size_t bytes = sizeof(Record) + credential.capacity() + words.capacity() * sizeof(std::uint64_t) +
                      strings.capacity() + scope_list.capacity() * sizeof(std::string_view);
  for (const std::string& text : texts) bytes += sizeof(std::string) + text.capacity();
  return bytes;
}

}  // namespace portico::identity
