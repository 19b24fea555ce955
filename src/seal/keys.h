// seal/ turns the object ids of a service into sealed ids: encrypted for the caller that they were given to, so that a
// sequential number can be neither guessed nor used by another. keys.h reads the keys, sealer.h seals and opens.
//
// A key file is YAML or JSON:
//
//   version: 1
//   keys:                # the first one seals, all of them open
//     - {epoch: 2, key: "43 characters of base64url"}
//     - {epoch: 1, key: "..."}
//
// To rotate, put a new key with a new epoch first; take the old one out when the ids that it sealed may end.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace portico::seal {

// 256 bits: AEAD_AES_SIV_CMAC_256 (RFC 5297, section 6.1).
using KeyBytes = std::array<unsigned char, 32>;

struct Key {
  std::uint8_t epoch = 0;  // 1..255: the first byte of every id that it sealed
  KeyBytes bytes{};
};

// Never empty; epochs are unique. `name` is the file's name in errors, which never quote a key.
Result<std::vector<Key>> read_keys_text(std::string_view text, const std::string& name);

// Refuses a file that others than its owner and group may read.
Result<std::vector<Key>> read_keys(const std::string& path);

// A key file with one new random key, or with a new key before those that it had, of which it keeps the latest `kept`.
Result<std::string> rotated_keys(const std::vector<Key>& before, std::size_t kept);

}  // namespace portico::seal
