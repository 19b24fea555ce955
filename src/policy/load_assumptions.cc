// The section `assumptions`.
#include <array>
#include <utility>

#include "policy/sections.h"

namespace portico::policy {

void read(Mapping& answer, Answer& to) {
  static constexpr std::array<std::pair<std::string_view, AnswerStatus>, 3> kStatus = {
      {{"open", AnswerStatus::kOpen}, {"answered", AnswerStatus::kAnswered}, {"accepted", AnswerStatus::kAccepted}}};
  answer.text("id", to.assumption, "The question's id, as portico threats shows it").required();
  answer.choice<AnswerStatus>("status", to.status, kStatus, "Whether it is answered, or the risk is accepted");
  answer.text("owner", to.owner, "Who answers for it");
  answer.text("answer", to.answer, "The answer");
}

}  // namespace portico::policy
