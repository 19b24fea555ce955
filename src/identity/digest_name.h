// The digest of a credential as text: what revocations and events call it.
#pragma once

#include <array>
#include <string_view>

#include "identity/identity.h"

namespace portico::identity {

// 64 hexadecimal digits.
class DigestName {
 public:
  explicit DigestName(const Digest& digest) {
    constexpr std::string_view kHex = "0123456789abcdef";
    for (std::size_t i = 0; i < digest.size(); ++i) {
      text_[2 * i] = kHex[digest[i] >> 4];
      text_[2 * i + 1] = kHex[digest[i] & 15];
    }
  }
  std::string_view view() const { return {text_.data(), text_.size()}; }

 private:
  std::array<char, 2 * sizeof(Digest)> text_;
};

}  // namespace portico::identity
