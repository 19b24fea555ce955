#include "identity/weakness.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <string>

#include "identity/openssl.h"

namespace portico::identity {
namespace {

constexpr int kSmallestModulus = 2048;
constexpr int kLargestModulus = 8192;  // verification takes time that grows with the square
constexpr std::size_t kFewestBytes = 10;

// The primes from 3 to 167. A modulus of at least 2048 bits made by the flawed library is a power of 65537 modulo each
// of them, which happens by chance once in 2^28 or less ("The Return of Coppersmith's Attack", 2017, section 3).
constexpr std::array<BN_ULONG, 38> kPrimes = {3,   5,   7,   11,  13,  17,  19,  23,  29,  31,  37,  41,  43,
                                              47,  53,  59,  61,  67,  71,  73,  79,  83,  89,  97,  101, 103,
                                              107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};
constexpr BN_ULONG kGenerator = 65537;

bool is_power_of_generator(BN_ULONG residue, BN_ULONG prime) {
  BN_ULONG power = 1;
  do {
    if (power == residue) return true;
    power = power * kGenerator % prime;
  } while (power != 1);
  return false;
}

// Arithmetic modulo the prime of a curve.
class Field {
 public:
  explicit Field(Edwards curve) : context_(BN_CTX_new()), prime_(power_of_two(curve == Edwards::k25519 ? 255 : 448)) {
    if (curve == Edwards::k25519) {  // 2^255 - 19
      BN_sub_word(prime_.get(), 19);
    } else {  // 2^448 - 2^224 - 1
      BN_sub(prime_.get(), prime_.get(), power_of_two(224).get());
      BN_sub_word(prime_.get(), 1);
    }
  }

  static BigNumber power_of_two(int exponent) {
    BigNumber result(BN_new());
    BN_set_bit(result.get(), exponent);
    return result;
  }
  BigNumber number(BN_ULONG word) const {
    BigNumber result(BN_new());
    BN_set_word(result.get(), word);
    return result;
  }
  BigNumber times(const BigNumber& a, const BigNumber& b) const {
    BigNumber result(BN_new());
    BN_mod_mul(result.get(), a.get(), b.get(), prime_.get(), context_.get());
    return result;
  }
  BigNumber times(const BigNumber& a, BN_ULONG b) const { return times(a, number(b)); }
  BigNumber minus(const BigNumber& a, const BigNumber& b) const {
    BigNumber result(BN_new());
    BN_mod_sub(result.get(), a.get(), b.get(), prime_.get(), context_.get());
    return result;
  }
  BigNumber minus(const BigNumber& a, BN_ULONG b) const { return minus(a, number(b)); }
  bool is_square(const BigNumber& a) const { return BN_kronecker(a.get(), prime_.get(), context_.get()) >= 0; }
  bool contains(const BigNumber& a) const { return BN_cmp(a.get(), prime_.get()) < 0; }
  bool is_minus_one(const BigNumber& a) const {
    return !BN_is_zero(a.get()) && BN_is_zero(minus(a, minus(number(0), 1)).get());
  }

 private:
  BigNumberContext context_;
  BigNumber prime_;
};

// Edwards25519: -x^2 + y^2 = 1 + d x^2 y^2 with d = -121665/121666, so x^2 = (y^2 - 1) / (d y^2 + 1). A quotient is a
// square where the product is one; both sides are multiplied by 121666 to stay with whole numbers.
bool on_curve_25519(const Field& field, const BigNumber& y2) {
  const BigNumber over = field.times(field.minus(y2, 1), 121666);
  const BigNumber under = field.minus(field.number(121666), field.times(y2, 121665));
  return field.is_square(field.times(over, under));
}

// Edwards448: x^2 + y^2 = 1 + d x^2 y^2 with d = -39081, so x^2 = (1 - y^2) / (1 + 39081 y^2).
bool on_curve_448(const Field& field, const BigNumber& y2) {
  const BigNumber over = field.minus(field.number(1), y2);
  const BigNumber under = field.minus(field.times(y2, 39081), field.minus(field.number(0), 1));
  return field.is_square(field.times(over, under));
}

// Doubling a point of order 8 of edwards25519 gives y = 0, that is x^2 = -y^2 and d y^4 + 2 y^2 - 1 = 0; here times
// 121666.
bool has_order_eight(const Field& field, const BigNumber& y2) {
  const BigNumber y4 = field.times(y2, y2);
  const BigNumber left = field.minus(field.times(y2, 243332), field.times(y4, 121665));
  return BN_is_zero(field.minus(left, 121666).get());
}

}  // namespace

std::string_view rsa_weakness(const BIGNUM* modulus, const BIGNUM* exponent) {
  if (BN_num_bits(modulus) < kSmallestModulus) return "its modulus has fewer than 2048 bits";
  if (BN_num_bits(modulus) > kLargestModulus) return "its modulus has more than 8192 bits";
  if (!BN_is_odd(exponent) || BN_num_bits(exponent) < 17 || BN_num_bits(exponent) > 256) {
    return "its exponent is not an odd number between 2^16 and 2^256";
  }
  if (!BN_is_odd(modulus)) return "its modulus is even";
  bool flawed = true;
  for (const BN_ULONG prime : kPrimes) {
    const BN_ULONG residue = BN_mod_word(modulus, prime);
    if (residue == 0) return "its modulus has a small factor";
    flawed = flawed && is_power_of_generator(residue, prime);
  }
  if (flawed) return "it was made by the flawed library of CVE-2017-15361 (ROCA)";
  return {};
}

std::string_view edwards_weakness(Edwards curve, std::string_view encoded) {
  const Field field(curve);
  // Little-endian y; the top bit of the last byte is the sign of x.
  std::string big_endian(encoded.rbegin(), encoded.rend());
  big_endian.front() = static_cast<char>(big_endian.front() & 0x7f);
  const BigNumber y = number_of(big_endian);
  if (!field.contains(y)) return "its point is not written in the canonical way";
  const BigNumber y2 = field.times(y, y);
  const bool on_curve = curve == Edwards::k25519 ? on_curve_25519(field, y2) : on_curve_448(field, y2);
  if (!on_curve) return "its point is not on the curve";
  const bool small_order = BN_is_zero(y.get()) || BN_is_one(y.get()) || field.is_minus_one(y) ||
                           (curve == Edwards::k25519 && has_order_eight(field, y2));
  return small_order ? "its point is of small order" : "";
}

std::string_view secret_weakness(std::string_view secret) {
  std::bitset<256> seen;
  for (const char c : secret) seen.set(static_cast<unsigned char>(c));
  return seen.count() < kFewestBytes ? "it is made of few different bytes, which chance never gives" : "";
}

}  // namespace portico::identity
