// Ids of requests: the value of nginx's $request_id, made by a generator of the worker's own. nginx would ask OpenSSL
// for each, with its locks and a system call. Nobody gains anything by guessing an id; two that are the same would
// confuse whoever looks for one, and 128 bits out of a period of 2^256 are enough to keep them apart.
#include <sys/random.h>

#include <bit>

#include "module.h"

namespace portico::nginx {
namespace {

// xoshiro256** (Blackman and Vigna).
std::uint64_t next(RequestIdState& s) {
  const std::uint64_t made = std::rotl(s[1] * 5, 7) * 9;
  const std::uint64_t shifted = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= shifted;
  s[3] = std::rotl(s[3], 45);
  return made;
}

u_char* append_hex(u_char* to, std::uint64_t value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) *to++ = static_cast<u_char>(kDigits[value >> shift & 15]);
  return to;
}

}  // namespace

bool seed_request_ids(RequestIdState& state) {
  return ::getrandom(state.data(), sizeof(state), 0) == static_cast<ssize_t>(sizeof(state));
}

std::string_view request_id(ngx_http_request_t* r) {
  ngx_http_variable_value_t& value = r->variables[main_configuration(r).request_id_index];
  if (!value.valid) {
    constexpr std::size_t kLength = 32;
    auto* text = static_cast<u_char*>(ngx_pnalloc(r->pool, kLength));
    if (text == nullptr) return {};
    append_hex(append_hex(text, next(worker().request_ids)), next(worker().request_ids));
    value.len = kLength;
    value.data = text;
    value.valid = 1;
    value.no_cacheable = 0;
    value.not_found = 0;
  }
  return {reinterpret_cast<const char*>(value.data), value.len};
}

}  // namespace portico::nginx
