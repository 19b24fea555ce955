// The keys of one issuer: a JWK Set or a JWK (RFC 7517), public keys or certificates in PEM, or a shared secret.
//
// A key gets its algorithm from its own `alg`, else from its curve, else from the configured list if exactly one entry
// of that fits it. What is meant for something else (`use: enc`, `key_ops` without verify, algorithms that Portico does
// not know, algorithms that the configuration leaves out) is left out with a note, as RFC 7517, section 5 wants it.
// What is wrong is an Error: weak keys, points off their curve, two keys with one `kid`, secrets beside public keys, a
// set in which nothing is left.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "identity/key.h"

namespace portico::identity {

// What becomes of a set in which one key is weak or no key at all.
enum class BadKey : std::uint8_t {
  kRefuseSet,  // an Error: of a file, whose owner can put it right
  kLeaveOut,   // a note: of keys that others publish, whose good ones must not be lost over it
};

struct KeySetOptions {
  std::vector<Algorithm> algorithms;  // allowed; empty: all of them
  std::string name;                   // of the file, for errors
  BadKey bad_key = BadKey::kRefuseSet;
};

class KeySet {
 public:
  static constexpr std::size_t kMaxKeys = 1000;
  static constexpr std::uint64_t kMaxBytes = UINT64_C(1) << 20;

  // JSON or PEM, told by the content.
  static Result<KeySet> parse(std::string_view text, const KeySetOptions& options);
  static Result<KeySet> read_file(const std::string& path, KeySetOptions options);
  // The bytes of a secret; `options` must have exactly one HMAC algorithm.
  static Result<KeySet> secret(std::string_view secret, const KeySetOptions& options);

  // The one key for a token with this `kid` (null: it has none) and this `alg`; null when there is none or more than
  // one. A `kid` must be a key's, byte for byte; only a key that is alone and has no `kid` serves tokens that have one.
  const Key* find(const std::string_view* key_id, std::string_view algorithm) const;

  const std::vector<Key>& keys() const { return keys_; }
  // What was left out and why; private keys that have no place in the file. One line each.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  friend class KeySetReader;
  std::vector<Key> keys_;
  std::vector<std::string> notes_;
};

// Keys that change while the program runs: what is published by whoever fetches them, who has made sure that KeySet
// takes it with BadKey::kLeaveOut. Implemented by the host.
class KeySource {
 public:
  virtual ~KeySource() = default;
  // 0 while there are none; another number whenever the keys are others. Asked for every token, so one load from
  // memory.
  virtual std::uint64_t epoch() const = 0;
  // Their text (JSON or PEM). False: it cannot be had at this moment, and the keys of before stay until it can.
  virtual bool read(std::string& text) const = 0;
};

}  // namespace portico::identity
