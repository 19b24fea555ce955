// cel-spec's own test cases, as text protobuf, against the engine. PORTICO_SUITES names the folder that holds
// cel/*.textproto. Left out are the cases that need protobuf messages, which Portico has none of: they are counted by
// reason. All others must pass.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <map>
#include <set>

#include "base/file.h"
#include "cel/container.h"
#include "cel/evaluate.h"
#include "text_proto.h"

namespace portico::cel {
namespace {

constexpr std::string_view kDurationName = "type.googleapis.com/google.protobuf.Duration";

struct Case {
  const TextProto& test;
  std::string name;
  Types types;
  Environment environment;
  std::vector<Value> variables;
  std::deque<std::vector<Value>> items;
  std::deque<std::string> texts;
  bool needs_messages = false;

  const Type* type(const TextProto& proto);
  Value value(const TextProto& proto);
  void declare();
};

const Type* Case::type(const TextProto& proto) {
  const TextProto& field = proto.fields.at(0);
  if (field.name == "primitive") {
    static const std::map<std::string, Kind> kKinds = {{"BOOL", Kind::kBool},     {"INT64", Kind::kInt},
                                                       {"UINT64", Kind::kUint},   {"DOUBLE", Kind::kDouble},
                                                       {"STRING", Kind::kString}, {"BYTES", Kind::kBytes}};
    return Types::of(kKinds.at(field.text));
  }
  if (field.name == "null") return Types::of(Kind::kNull);
  if (field.name == "dyn") return Types::dyn();
  if (field.name == "list_type") return types.list(type(*field.find("elem_type")));
  if (field.name == "map_type") return types.map(type(*field.find("key_type")), type(*field.find("value_type")));
  if (field.text == "google.protobuf.Duration") return Types::duration();
  if (field.text == "google.protobuf.Timestamp") return Types::timestamp();
  needs_messages = true;
  return Types::dyn();
}

Value Case::value(const TextProto& proto) {
  if (proto.fields.empty()) return null_value();
  const TextProto& field = proto.fields.front();
  const std::string& text = field.text;
  if (field.name == "null_value") return null_value();
  if (field.name == "bool_value") return bool_value(text == "true");
  if (field.name == "int64_value") return int_value(std::strtoll(text.c_str(), nullptr, 10));
  if (field.name == "uint64_value") return uint_value(std::strtoull(text.c_str(), nullptr, 10));
  if (field.name == "double_value") return double_value(std::strtod(text.c_str(), nullptr));
  if (field.name == "string_value") return string_value(texts.emplace_back(text));
  if (field.name == "bytes_value") return bytes_value(texts.emplace_back(text));
  if (field.name == "type_value") {
    for (int kind = 0; kind <= static_cast<int>(Kind::kType); ++kind) {
      if (cel::name(static_cast<Kind>(kind)) == text) return type_value(static_cast<Kind>(kind));
    }
  }
  if (field.name == "list_value" || field.name == "map_value") {
    std::vector<Value> made;
    for (const TextProto& one : field.fields) {
      if (one.name == "values") made.push_back(value(one));
      if (one.name != "entries") continue;
      made.push_back(value(*one.find("key")));
      made.push_back(value(*one.find("value")));
    }
    const std::vector<Value>& kept = items.emplace_back(std::move(made));
    const bool list = field.name == "list_value";
    return made_value(list ? Kind::kList : Kind::kMap, kept.data(), list ? kept.size() : kept.size() / 2);
  }
  if (const TextProto* duration = field.find(kDurationName)) {
    return duration_value(std::strtoll(duration->text_of("seconds").c_str(), nullptr, 10) * 1'000'000'000 +
                          std::strtoll(duration->text_of("nanos").c_str(), nullptr, 10));
  }
  needs_messages = true;
  return {};
}

void Case::declare() {
  for (const TextProto& field : test.fields) {
    if (field.name == "type_env" && field.find("ident") != nullptr) {
      environment.declare(field.text_of("name"), type(*field.find("ident")->find("type")));
    }
  }
  variables.resize(environment.size());
  for (const TextProto& field : test.fields) {
    if (field.name != "bindings") continue;
    const auto slot = environment.find(field.text_of("key"));
    const Value bound = value(*field.find("value")->find("value"));
    if (slot) variables[*slot] = bound;
  }
}

// Equal in kind too: the language's own == takes 1 and 1.0 for the same.
bool same(const Value& a, const Value& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == Kind::kDouble) return a.real == b.real || (std::isnan(a.real) && std::isnan(b.real));
  Scratch scratch;
  Meter meter(scratch, 100'000);
  return equal(meter, a, b).is_true();
}

std::string shown(const Value& value) {
  switch (value.kind) {
    case Kind::kError: return "error " + std::string(cel::name(value.problem));
    case Kind::kBool: return value.boolean ? "true" : "false";
    case Kind::kInt: return std::to_string(value.integer);
    case Kind::kUint: return std::to_string(value.unsigned_integer) + "u";
    case Kind::kDouble: return std::to_string(value.real);
    case Kind::kString:
    case Kind::kBytes: return "'" + std::string(value.text()) + "'";
    default: return std::string(cel::name(value.kind));
  }
}

class Suite {
 public:
  void run(const TextProto& file) {
    for (const TextProto& section : file.fields) {
      if (section.name != "section") continue;
      for (const TextProto& test : section.fields) {
        if (test.name == "test") {
          one({test,
               file.text_of("name") + "/" + section.text_of("name") + "/" + test.text_of("name"),
               {},
               {},
               {},
               {},
               {},
               false});
        }
      }
    }
  }

  std::map<std::string, int> excluded;
  int applied = 0;

 private:
  void one(Case test) {
    test.declare();
    const TextProto* expected = test.test.find("value");
    Value wanted;
    if (expected != nullptr) wanted = test.value(*expected);
    if (test.needs_messages) {
      ++excluded["a value or variable that is a protobuf message"];
      return;
    }
    const std::string expression = test.test.text_of("expr");
    const bool unchecked = test.test.text_of("disable_check") == "true";
    const auto program = Program::compile(test.environment, expression, {.check_types = !unchecked});
    if (!program && program.error().code == ErrorCode::kUnsupported) {
      ++excluded["a protobuf message is made in the expression"];
      return;
    }
    ++applied;
    const bool error_wanted = test.test.find("eval_error") != nullptr;
    ASSERT_TRUE(expected != nullptr || error_wanted || test.test.find("any_eval_errors") != nullptr) << test.name;
    if (!program) {
      EXPECT_TRUE(error_wanted && !unchecked) << test.name << ": " << expression << "\n" << to_string(program.error());
      return;
    }
    Scratch scratch;
    const Value answer = evaluate(*program, test.variables, scratch);
    if (error_wanted) {
      EXPECT_TRUE(answer.is_error()) << test.name << ": " << expression << " gave " << shown(answer);
    } else {
      EXPECT_TRUE(same(answer, wanted)) << test.name << ": " << expression << " gave " << shown(answer) << ", not "
                                        << shown(wanted);
    }
  }
};

TEST(Cel, Suite) {
  const char* suites = std::getenv("PORTICO_SUITES");
  if (suites == nullptr) GTEST_SKIP() << "PORTICO_SUITES is not set: no suites to run";
  std::set<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(suites) + "/cel")) {
    if (entry.path().extension() == ".textproto") paths.insert(entry.path());
  }
  Suite suite;
  for (const auto& path : paths) {
    const auto text = read_file(path);
    ASSERT_TRUE(text) << path;
    TextProtoReader reader(*text);
    const TextProto file = reader.read();
    ASSERT_FALSE(reader.failed()) << path;
    suite.run(file);
  }
  std::string report = std::to_string(suite.applied) + " cases apply";
  for (const auto& [reason, count] : suite.excluded) report += "; " + std::to_string(count) + " left out: " + reason;
  RecordProperty("report", report);
  std::puts(report.c_str());
  EXPECT_GT(suite.applied, 900);
}

}  // namespace
}  // namespace portico::cel
