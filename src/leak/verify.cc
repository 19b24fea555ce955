#include "leak/verify.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.h"
#include "leak/entropy.h"

namespace portico::leak {
namespace {

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0U);
    table[i] = crc;
  }
  return table;
}
constexpr auto kCrcTable = make_crc_table();

std::uint32_t crc32(std::string_view text) {
  std::uint32_t crc = 0xffffffffU;
  for (const char c : text) crc = kCrcTable[(crc ^ static_cast<unsigned char>(c)) & 0xff] ^ (crc >> 8);
  return crc ^ 0xffffffffU;
}

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  return c == '/' || c == '_' ? 63 : -1;
}

// The start of what base64 or base64url text stands for.
template <std::size_t N>
std::string_view decode_base64(std::string_view text, std::array<char, N>& out) {
  std::size_t size = 0;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int value = base64_value(c);
    if (value < 0 || size == N) break;
    bits = (bits << 6) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out[size++] = static_cast<char>((bits >> count) & 0xff);
  }
  return {out.data(), size};
}

constexpr bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_graphic(char c) { return c > 0x20 && c < 0x7f; }

// Takes in neighbours for as long as they are `good`.
template <class Good>
void widen(Candidate& candidate, const Good& good) {
  while (candidate.begin > 0 && good(candidate.text[candidate.begin - 1])) --candidate.begin;
  while (candidate.end < candidate.text.size() && good(candidate.text[candidate.end])) ++candidate.end;
}

}  // namespace

bool belongs_to(Letters letters, char c) {
  switch (letters) {
    case Letters::kNone: return false;
    case Letters::kAlnum: return is_alnum(c);
    case Letters::kWord: return is_alnum(c) || c == '_';
    case Letters::kUrl: return is_alnum(c) || c == '_' || c == '-';
    case Letters::kBase64: return is_alnum(c) || c == '+' || c == '/' || c == '=';
    case Letters::kHex: return is_digit(c) || (c >= 'a' && c <= 'f');
    case Letters::kDotted: return is_alnum(c) || c == '_' || c == '-' || c == '.';
    case Letters::kLine: return c != '\n' && c != '\r' && c != '\0';
  }
  return false;
}

bool has_base62_checksum(Candidate& candidate) {
  constexpr std::size_t kChecksum = 6;
  constexpr std::size_t kRandom = 30;
  constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const std::string_view token = candidate.view();
  if (token.size() < kRandom + kChecksum) return false;
  const std::string_view body = token.substr(token.size() - kRandom - kChecksum);
  std::uint32_t sum = crc32(body.substr(0, kRandom));
  for (std::size_t i = body.size(); i-- > kRandom;) {
    if (body[i] != kDigits[sum % kDigits.size()]) return false;
    sum /= static_cast<std::uint32_t>(kDigits.size());
  }
  return true;
}

bool is_jwt(Candidate& candidate) {
  const std::string_view token = candidate.view();
  if (std::ranges::count(token, '.') < 2 || token.ends_with("..")) return false;
  std::array<char, 300> header;
  const std::string_view text = decode_base64(token.substr(0, token.find('.')), header);
  return text.starts_with('{') && text.find("\"alg\"") != std::string_view::npos;
}

bool is_openai_key(Candidate& candidate) {
  widen(candidate, [](char c) { return belongs_to(Letters::kUrl, c); });
  return candidate.view().starts_with("sk-") && candidate.end - candidate.begin <= 250;
}

bool is_private_key(Candidate& candidate) {
  constexpr std::string_view kEnd = "-----END ";
  const auto end = candidate.text.find(kEnd, candidate.end);
  const auto nul = candidate.text.find('\0', candidate.end);
  // Without an end, all that follows may be key.
  if (end == std::string_view::npos || end > nul) {
    candidate.end = std::min(nul, candidate.text.size());
  } else {
    const auto dashes = candidate.text.find("-----", end + kEnd.size());
    candidate.end = dashes == std::string_view::npos ? end : dashes + 5;
  }
  return candidate.end - candidate.begin > 60;
}

bool is_url_password(Candidate& candidate) {
  // "://user:" is what was found; what follows up to "@" is the password.
  const std::size_t from = candidate.end;
  std::size_t at = from;
  constexpr std::size_t kLongest = 256;
  while (at < candidate.text.size() && at - from < kLongest && is_graphic(candidate.text[at]) &&
         candidate.text[at] != '@' && candidate.text[at] != '/' && !is_quote(candidate.text[at])) {
    ++at;
  }
  if (at >= candidate.text.size() || candidate.text[at] != '@') return false;
  candidate.begin = from;
  candidate.end = at;
  return !is_placeholder(candidate.view());
}

bool is_assigned_secret(Candidate& candidate) {
  const std::string_view text = candidate.text;
  std::size_t at = candidate.end;  // behind the sign
  if (at < text.size() && text[at] == '>') ++at;
  while (at < text.size() && (is_quote(text[at]) || is_blank(text[at]))) ++at;
  const std::size_t from = at;
  constexpr std::string_view kEnds = ",;&)}]<>";
  while (at < text.size() && is_graphic(text[at]) && !is_quote(text[at]) &&
         kEnds.find(text[at]) == std::string_view::npos) {
    ++at;
  }
  const std::string_view value = text.substr(from, at - from);
  if (!looks_secret(value)) return false;
  candidate.begin = from;
  candidate.end = at;
  return true;
}

bool is_authorization(Candidate& candidate) {
  std::size_t at = candidate.end;
  while (at < candidate.text.size() &&
         (belongs_to(Letters::kBase64, candidate.text[at]) || belongs_to(Letters::kDotted, candidate.text[at]) ||
          candidate.text[at] == '~')) {
    ++at;
  }
  const std::string_view credentials = candidate.text.substr(candidate.end, at - candidate.end);
  const bool basic = contains_ignoring_case(candidate.view(), "basic");
  candidate.begin = candidate.end;
  candidate.end = at;
  if (basic) {
    std::array<char, 200> plain;
    const std::string_view pair = decode_base64(credentials, plain);
    return credentials.size() >= 8 && pair.find(':') != std::string_view::npos &&
           std::ranges::all_of(pair, [](char c) { return c >= 0x20 && c < 0x7f; });
  }
  return credentials.size() >= 16 && !is_placeholder(credentials) && entropy(credentials) >= 3.0 &&
         std::ranges::any_of(credentials, is_digit);
}

bool is_password_hash(Candidate& candidate) {
  constexpr std::string_view kMore = "./$,=+-_";
  while (candidate.end < candidate.text.size() &&
         (is_alnum(candidate.text[candidate.end]) ||
          kMore.find(candidate.text[candidate.end]) != std::string_view::npos)) {
    ++candidate.end;
  }
  return candidate.end - candidate.begin >= 34;
}

bool is_frame(Candidate& candidate) {
  const std::string_view before = candidate.text.substr(0, candidate.end);
  const auto start = before.find_last_of(std::string_view("\n\r\0", 3));
  const std::string_view line = trim(before.substr(start == std::string_view::npos ? 0 : start + 1));
  return line.starts_with("at ") || line.find(" at ") != std::string_view::npos;
}

bool is_internal_ipv4(Candidate& candidate) {
  std::array<std::uint32_t, 4> octets{};
  widen(candidate, [](char c) { return is_digit(c) || c == '.'; });
  while (candidate.view().ends_with('.')) --candidate.end;
  const auto parts = std::ranges::count(candidate.view(), '.');
  if (parts != 3) return false;
  std::size_t index = 0;
  std::size_t digits = 0;
  for (const char c : candidate.view()) {
    if (c == '.') {
      if (digits == 0 || octets[index] > 255) return false;
      ++index;
      digits = 0;
      continue;
    }
    if (++digits > 3) return false;
    octets[index] = octets[index] * 10 + static_cast<std::uint32_t>(c - '0');
  }
  if (digits == 0 || octets[3] > 255) return false;
  // "v10.2.3.4" and "10.2.3.4-beta" are versions.
  const auto touches = [&](std::size_t at) {
    return at < candidate.text.size() &&
           (is_alnum(candidate.text[at]) || candidate.text[at] == '_' || candidate.text[at] == '-');
  };
  if ((candidate.begin > 0 && touches(candidate.begin - 1)) || touches(candidate.end)) return false;
  return octets[0] == 10 || octets[0] == 127 || (octets[0] == 172 && octets[1] >= 16 && octets[1] <= 31) ||
         (octets[0] == 192 && octets[1] == 168) || (octets[0] == 169 && octets[1] == 254) ||
         (octets[0] == 100 && octets[1] >= 64 && octets[1] <= 127);
}

bool is_internal_name(Candidate& candidate) {
  widen(candidate, [](char c) { return is_alnum(c) || c == '-' || c == '.'; });
  const std::string_view name = candidate.view();
  // One label before the suffix at least, and no e-mail address.
  if (candidate.begin > 0 && candidate.text[candidate.begin - 1] == '@') return false;
  constexpr std::array<std::string_view, 8> kSuffixes = {".internal", ".local", ".corp",          ".lan",
                                                         ".intranet", ".svc",   ".cluster.local", ".localdomain"};
  return std::ranges::any_of(kSuffixes, [&](std::string_view suffix) {
    return name.size() > suffix.size() && name.ends_with(suffix) && is_alnum(name[name.size() - suffix.size() - 1]);
  });
}

bool is_email(Candidate& candidate) {
  const std::size_t at = candidate.begin;
  constexpr std::string_view kLocal = "!#$%&'*+/=?^_`{|}~.-";
  constexpr std::size_t kLongestLocal = 64;
  std::size_t begin = at;
  while (begin > 0 && at - begin < kLongestLocal &&
         (is_alnum(candidate.text[begin - 1]) || kLocal.find(candidate.text[begin - 1]) != std::string_view::npos)) {
    --begin;
  }
  while (begin < at && !is_alnum(candidate.text[begin])) ++begin;
  std::size_t end = at + 1;
  while (end < candidate.text.size() &&
         (is_alnum(candidate.text[end]) || candidate.text[end] == '-' || candidate.text[end] == '.')) {
    ++end;
  }
  while (end > at && !is_alnum(candidate.text[end - 1])) --end;
  const std::string_view host = candidate.text.substr(at + 1, end - at - 1);
  const auto dot = host.rfind('.');
  // A user in a URL is none.
  if (begin >= 2 && candidate.text.substr(begin - 2, 2) == "//") return false;
  if (begin == at || candidate.text[at - 1] == '.' || dot == std::string_view::npos || dot == 0) return false;
  const std::string_view top = host.substr(dot + 1);
  candidate.begin = begin;
  candidate.end = end;
  return top.size() >= 2 && std::ranges::all_of(top, is_alpha) && host.find("..") == std::string_view::npos;
}

bool is_phone(Candidate& candidate) {
  std::size_t digits = 0;
  std::size_t separators = 0;  // in a row
  std::size_t at = candidate.begin + 1;
  std::size_t last = at;
  for (; at < candidate.text.size() && separators < 3; ++at) {
    const char c = candidate.text[at];
    if (is_digit(c)) {
      ++digits;
      separators = 0;
      last = at + 1;
    } else if (c == ' ' || c == '-' || c == '(' || c == ')' || c == '.' || c == '/') {
      ++separators;
    } else {
      break;
    }
  }
  candidate.end = last;
  const bool touched = candidate.begin > 0 &&
                       (is_alnum(candidate.text[candidate.begin - 1]) || candidate.text[candidate.begin - 1] == '+');
  return digits >= 8 && digits <= 15 && !touched;
}

}  // namespace portico::leak
