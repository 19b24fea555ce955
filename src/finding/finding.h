// One occurrence of a weakness, and where it is. A Finding owns its texts and so outlives the contract, the source tree
// or the exchange it was made from; its rule points into the catalogue. Plain values, safe to copy between threads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "finding/rule.h"

namespace portico::finding {

struct Location {
  Place place;
  std::string pointer;    // JSON Pointer (RFC 6901) in the place's document; empty where there is none, or for the root
  std::string operation;  // operationId, or "GET /orders/{id}"; empty where no single operation is concerned
};

// A further location that helps to understand or repair: where a shared schema is used, who needs a scheme.
struct Related {
  Location location;
  std::string message;  // how it is related: "used by POST /orders"
};

// No finding carries more related locations than this; its message tells the whole number. (GitHub shows at most a
// hundred of a SARIF result, and a schema that all of a thousand operations use would bury the report.)
constexpr std::size_t kMaxRelated = 20;

// Whether a finding counts at a gate. A report shows all of them.
enum class Standing : std::uint8_t {
  kOpen,
  kKnown,   // it was there before (baseline.h)
  kWaived,  // somebody answers for it
};

struct Finding {
  const Rule* rule = nullptr;
  Severity severity = Severity::kMedium;  // the rule's, or what this occurrence deserves
  Location location;
  std::string message;   // one line, no final full stop, never a secret or a personal value
  std::string evidence;  // what was seen, through mask.h where it could be secret; may be empty
  std::vector<Related> related;
  std::string fingerprint;  // fingerprint.h
  std::vector<std::uint32_t>
      operations;        // indexes of those of the contract that it concerns; empty: none in particular
  double deduction = 0;  // points of the score (0 to 100) that it costs; all deductions add up to the loss
  Standing standing = Standing::kOpen;
  std::string waiver;  // who waived it, why and until when
  double gain = 0;     // points by which the score rises when this alone is repaired
};

// By file, line, column, rule, then pointer, message and fingerprint: the order of every report. Findings that are the
// same (rule and fingerprint) become one.
void sort_and_merge(std::vector<Finding>& findings);

// How many open findings there are of each severity, by its value.
std::array<std::size_t, kSeverityCount> count_by_severity(std::span<const Finding> findings);

// How many findings stand so.
std::size_t count_standing(std::span<const Finding> findings, Standing standing);

// Whether any open finding is as severe as `gate` or more.
bool reaches(std::span<const Finding> findings, Severity gate);

}  // namespace portico::finding
