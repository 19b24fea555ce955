// Schemas and instances as text, for tests.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "json/parse.h"
#include "json/reader.h"
#include "schema/compile.h"
#include "schema/validate.h"

namespace portico::schema {

class Schema {
 public:
  explicit Schema(std::string_view text, CompileOptions options = {}, Direction direction = Direction::kNeither) {
    json::Document& document = documents_->add("schema.json", "file:///schema.json");
    const auto read = json::read_json(text, document);
    EXPECT_TRUE(read) << text;
    if (!read) return;
    compiler_ = std::make_unique<Compiler>(Environment{documents_.get(), {}}, options);
    program_ = compiler_->compile(*document.root, direction);
  }

  bool compiles() const { return program_.has_value(); }
  const Error& error() const { return program_.error(); }
  const Program& program() const { return *program_; }
  Compiler& compiler() { return *compiler_; }
  const json::Node& root() const { return *(*documents_)[0].root; }

  Outcome check(std::string_view instance) {
    EXPECT_TRUE(compiles()) << (compiles() ? "" : to_string(program_.error()));
    const auto problem = parser_.parse(instance, {.reject_nul = false, .max_depth = 1024});
    EXPECT_EQ(problem, json::ParseProblem::kNone) << name(problem) << ": " << instance.substr(0, 200);
    const Outcome outcome = validator_.check(*program_, parser_.tape());
    // In one walk, the same.
    const auto verdict = validator_.read(*program_, parser_, instance, {.reject_nul = false, .max_depth = 1024});
    EXPECT_EQ(verdict.problem, json::ParseProblem::kNone);
    EXPECT_EQ(verdict.outcome, outcome) << instance.substr(0, 200);
    return outcome;
  }
  bool accepts(std::string_view instance) { return check(instance) == Outcome::kAccepted; }

  // "instance pointer | keyword | message" for each failure.
  std::vector<std::string> explain(std::string_view instance) {
    check(instance);
    std::vector<std::string> lines;
    for (const Failure& failure : validator_.explain(*program_, parser_.tape())) {
      lines.push_back(failure.instance_pointer + " | " + std::string(failure.keyword) + " | " + failure.message);
    }
    return lines;
  }
  std::vector<Failure> failures(std::string_view instance) {
    check(instance);
    return validator_.explain(*program_, parser_.tape());
  }

 private:
  std::unique_ptr<json::Documents> documents_ = std::make_unique<json::Documents>();
  std::unique_ptr<Compiler> compiler_;
  Result<Program> program_;
  json::Parser parser_;
  Validator validator_;
};

}  // namespace portico::schema
