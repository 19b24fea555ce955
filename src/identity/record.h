// An Identity with the memory that its views lead into, counted by who holds it. One allocation pattern for tokens, API
// keys and certificates; never shared between threads, but for those that are never counted.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "identity/identity.h"

namespace portico::identity {

struct Record : Identity {
  Record() = default;
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;

  static constexpr std::uint32_t kUncounted = UINT32_MAX;  // owned by something that outlives all who hold it
  mutable std::uint32_t holders = 1;

  std::string credential;  // what was presented, whole
  std::vector<std::uint64_t> words;
  std::vector<std::uint8_t> strings;
  std::vector<std::string_view> scope_list;
  std::vector<std::string> texts;  // what views lead to that is not in the tape

  // What a cache asks again at each hit.
  std::int64_t valid_from_s = INT64_MIN;
  std::int64_t valid_before_s = INT64_MAX;
  std::uint64_t keys_epoch = 0;
  mutable std::uint64_t revocation_epoch = 0;
  std::size_t issuer_index = 0;
  mutable bool used = false;  // since the cache's hand went by

  // Makes the claims a copy of `tape`.
  void keep_claims(json::TapeView tape);
  std::size_t footprint() const;
};

inline const Record* hold(const Record* record) {
  if (record->holders != Record::kUncounted) ++record->holders;
  return record;
}

}  // namespace portico::identity
