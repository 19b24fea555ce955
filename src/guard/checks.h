// What the checks of requests and responses share.
#pragma once

#include <string>
#include <string_view>

#include "guard/guard.h"
#include "guard/plan.h"
#include "guard/worker.h"

namespace portico::guard {

// A refusal. Built only where something is wrong, so its texts may allocate.
Decision refuse(RuleId rule, std::string place = {}, std::string detail = {});

// Runs `program` over what the worker's builder or parser holds; what is accepted becomes the worker's `value`. On
// failure the refusal's place is `place` and a pointer with nothing in it that the sender chose.
Decision check_value(Worker::State& worker, const schema::Program& program, json::TapeView tape, RuleId rule,
                     std::string_view place);

// The same for who has run the program already, with this outcome.
Decision conclude(Worker::State& worker, const schema::Program& program, json::TapeView tape, schema::Outcome outcome,
                  RuleId rule, std::string_view place);

// Content-Encoding to Coding; false when it is none that is read.
bool parse_coding(std::string_view field, Coding& coding);

// JSON and text are UTF-8 (RFC 8259, section 8.1); another charset would be read as other text than was checked.
bool charset_is_utf8(const http::MediaType& media);

}  // namespace portico::guard
