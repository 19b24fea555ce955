// Bodies, and documents in parameters: read by their media type onto a tape, then asked of their schema.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "guard/checks.h"
#include "guard/guard.h"
#include "guard/media_plan.h"
#include "guard/worker.h"
#include "http/media_type.h"
#include "http/multipart.h"

namespace portico::guard {

// Rules for malformed and for invalid bodies differ between the directions.
struct BodyRules {
  RuleId malformed;
  RuleId invalid;
  RuleId too_large;
  RuleId coding;
  // Numbers beyond 64-bit integers or double: no two readers agree on them. What a client sends has none; what the
  // service says with them is its own affair.
  bool big_numbers = false;
};

// How a message's body is to be read, by its Content-Type.
struct BodyHead {
  const MediaPlan* media = nullptr;
  BodyKind kind = BodyKind::kUnreadable;
  http::Boundary boundary;  // kMultipart
};

// Nothing where no plan takes the media type, or it cannot be read: without a boundary, or of an unreadable kind.
std::optional<BodyHead> find_body(const std::vector<MediaPlan>& plans, const http::MediaType& message);

// A body as it came: undoes the content coding, within `limit` bytes.
Decision check_body(Worker::State& worker, const BodyHead& head, Coding coding, std::string_view body,
                    std::uint64_t limit, const BodyRules& rules);

// Undoes the content coding, within `limit` bytes: `body` is then what it says, in the worker's memory if it was coded.
Decision decode_body(Worker::State& worker, Coding coding, std::string_view& body, std::uint64_t limit,
                     const BodyRules& rules);

// JSON to the worker's parser, where check_value() finds it.
Decision parse_json(Worker::State& worker, std::string_view bytes, const BodyRules& rules, std::string_view place);

// A document; `place` stands before what is named within it: "body", "query/filter". `bytes` must not be the worker's
// `text`.
Decision check_document(Worker::State& worker, const BodyHead& head, std::string_view bytes, const BodyRules& rules,
                        std::string_view place);

// What the body that was checked last is now. Without words where it was not read.
json::TapeView body_tape(const Worker::State& worker, BodyKind kind);

}  // namespace portico::guard
