// What the owner's rules add to the guard's work: nanoseconds of one exchange with and without, the least of several
// runs.
//
//   build/release/rules_bench
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/file.h"
#include "guard/guard.h"
#include "identity/identity.h"
#include "json/parse.h"

namespace {

using namespace portico;

// Short rounds, taken by turns: other programs disturb some of them, and all alike.
constexpr int kRounds = 300;
constexpr int kExchanges = 1000;

constexpr std::string_view kContract = R"({
  "openapi": "3.1.0", "info": {"title": "t", "version": "1"},
  "paths": {"/users/{userId}": {"get": {
    "operationId": "getUser",
    "parameters": [{"name": "userId", "in": "path", "required": true, "schema": {"type": "string", "maxLength": 64}}],
    "responses": {"200": {"description": "ok", "content": {"application/json": {"schema": {
      "type": "object", "properties": {"owner": {"type": "string"}, "name": {"type": "string"}}}}}}}}}}
})";

struct Subject {
  Subject(const std::string& folder, const std::string& rules) {
    if (!write_file(folder + "/p.yaml", "version: 1\ncontract: c.json\n" + rules)) std::exit(1);
    auto opened = guard::Guard::open({.policy = folder + "/p.yaml"});
    if (!opened) {
      std::printf("%s\n", to_string(opened.error()).c_str());
      std::exit(1);
    }
    guard.emplace(std::move(*opened));
    (void)parser.parse(
        R"({"iss":"https://id.example","aud":"orders","exp":1795000000,"sub":"7f1d3c52-8f0e","roles":[]})", {});
    identity.claims = parser.tape();
    identity.subject = "7f1d3c52-8f0e";
  }

  void round() {
    const std::array<guard::HeaderField, 1> fields = {{{"content-type", "application/json"}}};
    const std::array<std::uint8_t, 4> address = {192, 0, 2, 1};
    const std::int64_t start = monotonic_ns();
    for (int i = 0; i < kExchanges; ++i) {
      guard::Transaction transaction;
      guard::Repaired repaired;
      transaction.identity = &identity;
      const guard::RequestHead head{
          .method = "GET", .target = "/users/7f1d3c52-8f0e", .host = "api.example.com", .address = address};
      const guard::ResponseHead answer{.status = 200, .headers = fields, .has_body = true};
      const bool allowed =
          guard->check_request_head(worker, {}, transaction, head).allowed() &&
          guard->check_response_head(worker, transaction, answer).allowed() &&
          guard->check_response_body(worker, transaction, R"({"owner":"7f1d3c52-8f0e","name":"x"})", repaired)
              .allowed();
      transaction.identity = nullptr;  // nobody else's to give back
      guard->finish(worker, {}, transaction, {});
      if (!allowed) std::exit(1);
    }
    best = std::min(best, monotonic_ns() - start);
  }

  std::int64_t ns() const { return best / kExchanges; }

  std::optional<guard::Guard> guard;
  guard::Worker worker;
  json::Parser parser;
  identity::Identity identity;
  std::int64_t best = INT64_MAX;
};

}  // namespace

int main() {
  std::string folder = (std::filesystem::temp_directory_path() / "portico-bench-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr || !write_file(folder + "/c.json", kContract)) return 1;
  const std::string rule =
      "rules: [{operations: ['*'], require: \"path.userId == token.sub || 'admin' in token.roles\"";
  Subject none(folder, "");
  Subject request(folder, rule + "}]\n");
  Subject both(folder, rule + ", response: response.body.owner == token.sub}]\n");
  for (int i = 0; i < kRounds; ++i) {
    for (Subject* subject : {&none, &request, &both}) subject->round();
  }
  std::printf("no rules %ld ns; a rule over the request +%ld ns; and one over the answer +%ld ns\n", none.ns(),
              request.ns() - none.ns(), both.ns() - request.ns());
  std::filesystem::remove_all(folder);
}
