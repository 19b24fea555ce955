// Seals ids and opens them again: AES-SIV (RFC 5297) of OpenSSL, deterministic and authenticated, so that an id has one
// sealed form for each caller, which caches and comparisons by the client depend on, and none can be made up.
//
// A sealed id is base64url of: epoch of the key (1 byte), synthetic IV (16), ciphertext. The ciphertext hides whether
// the id was a number or a text, and its length up to multiples of 8 bytes.
//
//   Sealer sealer(keys);
//   sealer.seal({.api = "parcels", .type = "parcelId", .subject = "alice"}, {.text = "1042", .is_number = true}, out);
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "seal/keys.h"

namespace portico::seal {

// What a sealed id is bound to. Two ids are interchangeable only where all three are the same.
struct Scope {
  std::string_view api;
  std::string_view type;     // ids of one type mean the same object wherever they stand
  std::string_view subject;  // the caller, or its session; empty: whoever calls without saying who
};

struct Id {
  std::string_view text;   // a JSON number's as it is written
  bool is_number = false;  // in JSON; where there are no types (paths, queries) an id opens as what it was sealed as
};

// Holds scratch memory and ciphers: one for each worker, not shared between threads.
class Sealer {
 public:
  static constexpr std::size_t kMaxId = 255;      // bytes of an id
  static constexpr std::size_t kMinSealed = 24;   // characters of the sealed empty text
  static constexpr std::size_t kMaxSealed = 366;  // of a sealed text of kMaxId bytes

  explicit Sealer(std::span<const Key> keys);
  ~Sealer();
  Sealer(Sealer&&) noexcept;
  Sealer& operator=(Sealer&&) noexcept;

  // Appends the sealed id. False, and nothing appended, for an id that is longer than kMaxId.
  bool seal(const Scope& scope, const Id& id, std::string& out);

  // Opens what seal() made for the same scope, by any key of the set. False for all else; says nothing about why, as
  // the caller must not learn it. `id.text` lives until the next call.
  bool open(const Scope& scope, std::string_view sealed, Id& id);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace portico::seal
