// state/ keeps what several processes must know at once: who is blocked, which tokens no longer count, which keys an
// issuer has published. One file, mapped by all: nginx's workers read it without locks and without ever waiting;
// `portico block` and `portico serve` write it, one at a time.
//
// This header is what is kept, reader.h and writer.h are the two sides, layout.h is the bytes.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace portico::state {

// What is restricted. The numbers are the file's.
enum class Kind : std::uint8_t {
  kAddress,              // a network: everything that comes from there
  kSubject,              // a caller, by the `sub` of its token or the owner of its key
  kToken,                // one token, by its digest (identity/digest_name.h)
  kTokenId,              // one token, by its `jti`
  kCredential,           // one API key or certificate, by the name that the policy's files give it
  kKey,                  // all tokens signed with a key, by its `kid`
  kSubjectIssuedBefore,  // all tokens of a subject with an earlier `iat`
  kIssuerIssuedBefore,   // all tokens of an issuer with an earlier `iat`
};
constexpr std::size_t kKinds = 8;

constexpr std::int64_t kForEver = std::numeric_limits<std::int64_t>::max();

// As people give and read it.
struct Restriction {
  Kind kind = Kind::kAddress;
  std::string name;                  // "10.0.0.0/8", a subject, ...; for kToken the name that list() shows
  std::string issuer;                // empty: whoever issued it
  std::int64_t until_us = kForEver;  // wall clock (base/clock.h)
  std::int64_t issued_before_s = 0;  // seconds since 1970, of the two kinds that say so
  std::string why;
  std::string by;
  std::int64_t created_us = 0;
  std::string id;  // sixteen hexadecimal digits; given by list()
};

// "address", "subject", ...: the words of the command line.
std::string_view word_of(Kind kind);

}  // namespace portico::state
