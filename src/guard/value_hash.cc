#include "guard/value_hash.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/hash.h"
#include "base/text.h"

namespace portico::guard {
namespace {

// Above it neighbouring whole numbers are one double, and two ids would be one.
constexpr double kExact = 9007199254740992;

std::uint64_t never_zero(std::uint64_t hash) { return hash == 0 ? 1 : hash; }

std::uint64_t hash_number(double number, std::uint64_t seed) {
  if (number == 0) number = 0;  // -0 is 0
  return never_zero(hash({reinterpret_cast<const char*>(&number), sizeof(number)}, seed ^ 1));
}

std::uint64_t hash_bytes(std::string_view text, std::uint64_t seed) { return never_zero(hash(text, seed ^ 2)); }

template <class Integer>
std::uint64_t hash_integer(Integer value, std::uint64_t seed) {
  const auto number = static_cast<double>(value);
  if (std::fabs(number) < kExact) return hash_number(number, seed);
  std::array<char, 24> digits{};
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  return hash_bytes({digits.data(), static_cast<std::size_t>(written.ptr - digits.data())}, seed);
}

}  // namespace

std::uint64_t hash_text(std::string_view text, std::uint64_t seed, bool fold, std::string& scratch) {
  // "7", "7.0" and "7e0" are one number, and one id for who reads them.
  const bool may_be_number = !text.empty() && (is_digit(text.front()) || text.front() == '-') && text.size() < 40;
  if (may_be_number) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size() && std::fabs(number) < kExact) {
      return hash_number(number, seed);
    }
  }
  if (!fold) return hash_bytes(text, seed);
  // Services mostly take "Alice@Example.com " for alice@example.com; guessing must not start anew with every spelling.
  scratch.assign(trim(text));
  std::ranges::transform(scratch, scratch.begin(), to_lower);
  return hash_bytes(scratch, seed);
}

std::uint64_t hash_scalar(json::TapeView tape, std::size_t at, std::uint64_t seed, bool fold, std::string& scratch) {
  switch (tape.type(at)) {
    case json::tape::kString:
    case json::tape::kBigNumber: return hash_text(tape.text(at), seed, fold, scratch);
    case json::tape::kInteger: return hash_integer(tape.integer(at), seed);
    case json::tape::kUnsigned: return hash_integer(tape.unsigned_integer(at), seed);
    case json::tape::kDouble: return hash_number(tape.real(at), seed);
    case json::tape::kTrue: return hash_bytes("true", seed);
    case json::tape::kFalse: return hash_bytes("false", seed);
    default: return 0;
  }
}

std::uint64_t hash_scalar(const cel::Value& value, std::uint64_t seed, bool fold, std::string& scratch) {
  switch (value.kind) {
    case cel::Kind::kString: return hash_text(value.text(), seed, fold, scratch);
    case cel::Kind::kBytes: return hash_bytes(value.text(), seed);
    case cel::Kind::kInt: return hash_integer(value.integer, seed);
    case cel::Kind::kUint: return hash_integer(value.unsigned_integer, seed);
    case cel::Kind::kDouble: return hash_number(value.real, seed);
    case cel::Kind::kBool: return hash_bytes(value.boolean ? "true" : "false", seed);
    default: return 0;
  }
}

std::uint64_t hash_address(address::Ip client, std::uint64_t seed) {
  if (!client.is_v4()) client.low = 0;
  return never_zero(hash({reinterpret_cast<const char*>(&client), sizeof(client)}, seed ^ 7));
}

}  // namespace portico::guard
