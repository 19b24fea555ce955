// What a value is known by in tables: a hash that is the same wherever and however the value is written, so that the
// number 7 of a body is the "7" of a path. Keyed from the first byte on: who sends values must not be able to choose
// two that meet.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "address/ip.h"
#include "cel/value.h"
#include "json/tape.h"

namespace portico::guard {

// Never 0. `fold`: letter case and spaces around do not matter. `scratch` is reused memory.
std::uint64_t hash_text(std::string_view text, std::uint64_t seed, bool fold, std::string& scratch);

// Of the scalar at `at`; 0 for null and for what is no scalar.
std::uint64_t hash_scalar(json::TapeView tape, std::size_t at, std::uint64_t seed, bool fold, std::string& scratch);

// The same of what an expression says; 0 also where it could not be decided.
std::uint64_t hash_scalar(const cel::Value& value, std::uint64_t seed, bool fold, std::string& scratch);

// Of who has the address: an IPv6 client commands a /64 at least, so that counts as one. Never 0.
std::uint64_t hash_address(address::Ip client, std::uint64_t seed);

}  // namespace portico::guard
