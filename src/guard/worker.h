// The scratch memory of one worker. Everything here is reused from message to message.
#pragma once

#include <string>
#include <vector>

#include "guard/guard.h"
#include "guard/parameters.h"
#include "json/parse.h"
#include "json/tape.h"
#include "schema/validate.h"

namespace portico::guard {

struct Worker::State {
  json::Parser parser;
  schema::Validator validator;
  json::TapeBuilder builder;
  std::string text;     // one decoded value
  std::string decoded;  // a body without its content coding
  std::string joined;   // a header field of several lines
  std::vector<Pair> query;
  std::string query_names;
  std::vector<Pair> cookies;
  std::string cookie_names;
};

}  // namespace portico::guard
