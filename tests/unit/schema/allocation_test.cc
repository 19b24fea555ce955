// No allocation per document after warm-up: counted, by replacing the program's operator new.
#include <atomic>
#include <cstdlib>
#include <new>

#include "harness.h"

namespace {
std::atomic<std::size_t> allocations{0};
}

// The sanitizers bring their own, and count for themselves.
#ifndef __SANITIZE_ADDRESS__
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
#endif

namespace portico::schema {
namespace {

TEST(Allocation, NoneAfterWarmUp) {
  json::Documents documents;
  json::Document& document = documents.add("s", "file:///s");
  ASSERT_TRUE(json::read_json(R"({"type":"object","required":["id"],"unevaluatedProperties":false,
    "properties":{"id":{"type":"integer","minimum":1},"tags":{"type":"array","items":{"type":"string","pattern":"^[a-z]+$"},"uniqueItems":true},
      "when":{"format":"date-time"},"code":{"pattern":"^(?=.*[A-Z]).{3,}$"},"price":{"multipleOf":0.01},"nested":{"$ref":"#"}},
    "anyOf":[{"properties":{"kind":{"const":"a"},"x":{}},"required":["kind"]},{"properties":{"kind":{"const":"b"},"y":{}}}]})",
                              document));
  const auto program = compile(*document.root, {&documents, {}}, {.dialect = Dialect::kJsonSchema202012});
  ASSERT_TRUE(program);
  const std::string bodies[] = {
      R"({"id":1,"tags":["a","b"],"when":"2026-01-01T00:00:00Z","code":"abC","price":19.99,"kind":"a","x":1})",
      R"({"id":2,"nested":{"id":3,"kind":"b","y":[1,2,{"k":"v\n"}]},"kind":"b"})",
      R"({"id":"wrong"})",
      R"({"id":1,"id":2})",
      R"(["not an object"])",
  };
  json::Parser parser;
  Validator validator;
  const auto pass = [&] {
    std::size_t accepted = 0;
    for (const std::string& body : bodies) {
      if (parser.parse(body, {}) != json::ParseProblem::kNone) continue;
      accepted += validator.accepts(*program, parser.tape()) ? 1 : 0;
    }
    return accepted;
  };
  const auto one_walk = [&] {
    std::size_t accepted = 0;
    for (const std::string& body : bodies) accepted += validator.read(*program, parser, body).accepted() ? 1 : 0;
    return accepted;
  };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(pass() + one_walk(), 4U);
  const std::size_t before = allocations;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(pass() + one_walk(), 4U);
  EXPECT_EQ(allocations - before, 0U);
}

}  // namespace
}  // namespace portico::schema
