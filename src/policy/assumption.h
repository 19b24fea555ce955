// What the owner answers to the questions of the threat model (`portico threats`).
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace portico::policy {

enum class AnswerStatus : std::uint8_t {
  kOpen,
  kAnswered,
  kAccepted,  // it does not hold, and the risk is taken
};

struct Answer {
  std::string assumption;  // its id: "A-0123456789ab"
  AnswerStatus status = AnswerStatus::kAnswered;
  std::string owner;
  std::string answer;
  Place place;
};

}  // namespace portico::policy
