// What makes a public key worthless although its form is right.
#pragma once

#include <cstdint>
#include <string_view>

using BIGNUM = struct bignum_st;

namespace portico::identity {

// All return what is wrong, or empty.

// A modulus below 2048 or beyond 8192 bits, even or with a small factor, or made by the flawed library of
// CVE-2017-15361 (ROCA); an exponent that is not odd and between 2^16 and 2^256 (FIPS 186-5, section 5.4).
std::string_view rsa_weakness(const BIGNUM* modulus, const BIGNUM* exponent);

enum class Edwards : std::uint8_t { k25519, k448 };

// An encoded point (RFC 8032, sections 5.1.3 and 5.2.3) that is not canonical, not on the curve, or of small order.
std::string_view edwards_weakness(Edwards curve, std::string_view encoded);

// A secret with fewer different bytes than 32 bytes of chance ever have: a word, padding, zeros (RFC 8725,
// section 3.5). Key takes such a secret, as the algorithm does; KeySet does not.
std::string_view secret_weakness(std::string_view secret);

}  // namespace portico::identity
