// The section `uniform`.
#include <algorithm>

#include "policy/sections.h"
#include "policy/status_range.h"

namespace portico::policy {

void read(Mapping& uniform, Uniform& to) {
  constexpr std::int64_t kLongest = INT64_C(30) * 1'000'000'000;
  uniform.selectors("operations", to.operations, "Whose answers").required();
  uniform.texts("statuses", to.statuses,
                "Which of their answers: 200, 4XX, *; 2XX, 401, 403, 404, 409, 410 and 422 if nothing is said");
  uniform.mapping(
      "answer", "answer",
      [&](Mapping& answer) {
        answer.count("status", to.status, 200, 499, "200 if nothing is said");
        answer.text("body", to.body, "Its body; none if nothing is said");
        answer.text("media_type", to.media_type, "application/json if nothing is said");
      },
      "What leaves in their place");
  uniform.duration("floor", to.floor_ns, "How long after the request the answer leaves at the earliest");
  uniform.check(std::ranges::all_of(to.statuses, [](const auto& text) { return parse_status_range(text).has_value(); }),
                "statuses are 200, 4XX or *");
  uniform.check(to.floor_ns <= kLongest, "floor is longer than 30s", "Clients would not wait.");
  uniform.check(to.body.empty() || (to.status != 204 && to.status != 205 && to.status != 304),
                "an answer with this status has no body");
}

}  // namespace portico::policy
