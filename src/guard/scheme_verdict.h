// What became of the credential of one security scheme in one request. Kept by the worker, so that a scheme that
// several alternatives name is verified once.
#pragma once

#include <cstdint>
#include <string>

#include "identity/identity.h"

namespace portico::guard {

struct SchemeVerdict {
  enum class State : std::uint8_t {
    kUnknown,  // not looked at yet
    kAbsent,
    kPresent,  // it is there; the service verifies it
    kVerified,
    kInvalid,
  };
  State state = State::kUnknown;
  bool proof_missing = false;                    // kInvalid: of possession, by RFC 9449
  const identity::Identity* identity = nullptr;  // kVerified: held until release()
  std::string place;                             // kInvalid: "header/authorization"
  std::string detail;                            // kInvalid: never a value
};

}  // namespace portico::guard
