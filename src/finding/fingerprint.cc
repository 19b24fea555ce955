#include "finding/fingerprint.h"

#include <openssl/sha.h>

#include <array>

namespace portico::finding {
namespace {

void append_part(std::string& text, std::string_view part) {
  text += std::to_string(part.size());
  text += ':';
  text += part;
}

}  // namespace

std::string fingerprint(std::string_view rule_id, std::span<const std::string_view> parts) {
  std::string text;
  append_part(text, kFingerprintName);
  append_part(text, rule_id);
  for (const auto part : parts) append_part(text, part);

  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < digest.size() / 2; ++i) {
    out += kHex[digest[i] >> 4];
    out += kHex[digest[i] & 15];
  }
  return out;
}

std::string fingerprint(std::string_view rule_id, std::initializer_list<std::string_view> parts) {
  return fingerprint(rule_id, std::span(parts.begin(), parts.size()));
}

}  // namespace portico::finding
