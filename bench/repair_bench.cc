// What repair, leaks and injection add to the check of a 28 KB message of JSON: the same guard without and with each,
// best of many rounds, CPU time.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <string>

#include "base/file.h"
#include "guard/guard.h"

namespace portico::guard {
namespace {

constexpr std::string_view kContract = R"({
  "openapi": "3.0.3", "info": {"title": "People", "version": "1"},
  "paths": {"/people": {"post": {"operationId": "listPeople",
    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/People"}}}},
    "responses": {"200": {"description": "ok", "content": {"application/json": {
      "schema": {"$ref": "#/components/schemas/People"}}}}}}}},
  "components": {"schemas": {
    "People": {"type": "object", "required": ["items"], "properties": {"total": {"type": "integer"},
      "items": {"type": "array", "items": {"$ref": "#/components/schemas/Person"}}}},
    "Person": {"type": "object", "required": ["id", "name"], "properties": {
      "id": {"type": "string", "format": "uuid"}, "name": {"type": "string"}, "email": {"type": "string"},
      "active": {"type": "boolean"}, "balance": {"type": "number"}, "joined": {"type": "string", "format": "date-time"},
      "about": {"type": "string", "maxLength": 400}, "tags": {"type": "array", "items": {"type": "string"}},
      "place": {"type": "object", "properties": {"latitude": {"type": "number"}, "longitude": {"type": "number"}}}}}}}})";

double cpu_us() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

// About 28 KB; ten of the people have an e-mail address.
std::string people() {
  std::string out = R"({"total":76,"items":[)";
  for (int i = 0; i < 76; ++i) {
    if (i > 0) out += ',';
    out += R"({"id":"3f2504e0-4f89-41d3-9a0c-0305e82c33)" + std::to_string(10 + i % 90) +
           R"(","name":"Person number )" + std::to_string(i) + R"(",)";
    if (i < 10) out += R"("email":"person)" + std::to_string(i) + R"(@example.org",)";
    out +=
        R"("active":true,"balance":1234.5,"joined":"2026-11-24T10:00:00Z","about":"Likes long walks, tea and the sea; )"
        R"(writes about birds for the local paper and isn't afraid of rain. Lives by the harbour.","tags":["reader",)"
        R"("walker","singer"],"place":{"latitude":47.3769,"longitude":8.5417}})";
  }
  return out + "]}";
}

Guard open(const std::string& folder, const std::string& policy) {
  const std::string text = R"({"version":1,"contract":"contract.json")" + (policy.empty() ? "" : "," + policy) + "}";
  if (!write_file(folder + "/contract.json", kContract) || !write_file(folder + "/portico.yaml", text)) std::exit(2);
  auto guard = Guard::open({.policy = folder + "/portico.yaml"});
  if (!guard) {
    std::printf("%s\n", to_string(guard.error()).c_str());
    std::exit(2);
  }
  return *std::move(guard);
}

struct Times {
  double request;
  double response;
  std::size_t sent;
};

Times measure(const Guard& guard, const std::string& body) {
  constexpr int kRounds = 600;
  Worker worker;
  const HeaderField json{"Content-Type", "application/json"};
  Times best{1e9, 1e9, 0};
  for (int i = 0; i < kRounds; ++i) {
    Transaction transaction;
    const RequestHead head{.method = "POST", .target = "/people", .host = "a", .headers = {&json, 1}, .has_body = true};
    if (!guard.check_request_head(worker, {}, transaction, head).allowed()) std::exit(3);
    double start = cpu_us();
    if (!guard.check_request_body(worker, transaction, body).allowed()) std::exit(4);
    best.request = std::min(best.request, cpu_us() - start);
    if (!guard.check_response_head(worker, transaction, {.status = 200, .headers = {&json, 1}, .has_body = true})
             .allowed())
      std::exit(5);
    Repaired repaired;
    start = cpu_us();
    if (!guard.check_response_body(worker, transaction, body, repaired).allowed()) std::exit(6);
    best.response = std::min(best.response, cpu_us() - start);
    best.sent = repaired.body.size();
    guard.finish(worker, {}, transaction, {});
  }
  return best;
}

int run() {
  const std::string body = people();
  const auto folder = std::filesystem::temp_directory_path() / ("repair_bench." + std::to_string(::time(nullptr)));
  std::filesystem::create_directory(folder);
  struct Case {
    const char* name;
    const char* policy;
  };
  constexpr Case kCases[] = {
      {"contract alone", ""},
      {"ten values masked", R"("repair":[{"operations":["*"],"mask":[{"classes":["contact"]}]}])"},
      {"and stripped", R"("repair":[{"operations":["*"],"strip":true,"mask":[{"classes":["contact"]}]}])"},
      {"nothing to strip", R"("repair":[{"operations":["*"],"strip":true}])"},
      {"leaks", R"("leaks":[{"operations":["*"]}])"},
      {"injection", R"("injection":[{"operations":["*"]}])"},
  };
  std::printf("%zu bytes\n%-20s %12s %12s\n", body.size(), "", "request us", "response us");
  Times bare{};
  for (const Case& one : kCases) {
    const Times times = measure(open(folder.string(), one.policy), body);
    if (bare.request == 0) bare = times;
    std::printf("%-20s %12.1f %12.1f   added %7.1f %7.1f   %zu sent\n", one.name, times.request, times.response,
                times.request - bare.request, times.response - bare.response, times.sent);
  }
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace portico::guard

int main() { return portico::guard::run(); }
