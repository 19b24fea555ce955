// Whole exchanges through the guard: the input is lines of method, target, header fields, an empty line and a body that
// serves as request and response alike.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "guard/guard.h"
#include "guard/limits.h"

namespace {

using portico::guard::Guard;

constexpr std::string_view kContract = R"yaml(
openapi: 3.1.0
info: {title: fuzz, version: "1"}
paths:
  /a/{id}:
    get:
      parameters:
        - {name: id, in: path, required: true, schema: {type: [integer, "null"]}}
        - {name: n, in: query, schema: {type: array, items: {type: number}}, explode: false}
        - {name: o, in: query, style: deepObject, schema: {type: object, properties: {x: {type: integer}, y: {type: array, items: {type: string}}}}}
        - {name: p, in: query, style: pipeDelimited, explode: false, schema: {type: array, items: {type: boolean}}}
        - {name: d, in: query, content: {application/json: {schema: {type: object}}}}
        - {name: X-H, in: header, schema: {type: object, properties: {a: {type: string}}}}
        - {name: c, in: cookie, schema: {type: string, pattern: '^(?=.*a)[a-z]{1,5}$'}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/T'}}, text/*: {schema: {maxLength: 9}}}}}
  /a/{m}.{n}:
    parameters:
      - {name: m, in: path, required: true, style: matrix, schema: {type: array, items: {type: string}}}
      - {name: n, in: path, required: true, style: label, explode: true, schema: {type: object}}
    post:
      security: [{k: []}, {}]
      requestBody:
        content:
          application/json: {schema: {$ref: '#/components/schemas/T'}}
          application/x-www-form-urlencoded: {schema: {$ref: '#/components/schemas/T'}}
          multipart/form-data: {schema: {$ref: '#/components/schemas/T'}}
          "*/*": {}
      responses: {default: {description: any, content: {"*/*": {schema: {$ref: '#/components/schemas/T'}}}}}
components:
  securitySchemes: {k: {type: apiKey, in: query, name: k}}
  schemas:
    T:
      type: object
      unevaluatedProperties: false
      properties:
        s: {type: string, format: date-time, maxLength: 30}
        i: {type: integer, multipleOf: 3}
        t: {type: array, uniqueItems: true, items: {$ref: '#/components/schemas/T'}}
      oneOf: [{required: [s]}, {required: [i]}, {required: [t]}]
)yaml";

constexpr std::string_view kPolicy = R"yaml(
version: 1
rules:
  - {operations: ["*"], require: "size(path) > 0 && size(query) < 9 && !('x' in cookie) && request.path != '' || size(header) > 0"}
  - {operations: ["GET /a/{id}"], require: "!has(query.n) || query.n.all(n, n > 0.5)", response: "response.body.s != ''", status: 404}
  - {operations: ["POST /a/{m}.{n}"], require: "body.t.exists(t, t.i == 3) || body == {'s': path.n}", response: "has(response.body.t) && response.body.t.size() > 1"}
)yaml";

const Guard& guard() {
  static const Guard instance = [] {
    const std::string path = (std::filesystem::temp_directory_path() / "portico-fuzz-guard.yaml").string();
    const std::string policy = path + ".policy";
    if (!portico::write_file(path, kContract) || !portico::write_file(policy, kPolicy)) std::abort();
    auto opened = Guard::open({.policy = policy, .contract = path});
    if (!opened) std::abort();
    return *std::move(opened);
  }();
  return instance;
}

std::string_view take_line(std::string_view& rest) {
  const auto end = std::min(rest.find('\n'), rest.size());
  const auto line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static portico::guard::Worker worker;
  alignas(64) static std::array<std::byte, 8192> memory{};
  static portico::guard::LimitTable limits(memory, 1);
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto method = take_line(rest);
  const auto target = take_line(rest);
  std::vector<portico::guard::HeaderField> fields;
  for (auto line = take_line(rest); !line.empty(); line = take_line(rest)) {
    const auto colon = std::min(line.find(':'), line.size());
    fields.push_back({line.substr(0, colon), line.substr(std::min(colon + 1, line.size()))});
  }
  portico::guard::Transaction transaction;
  const portico::guard::RequestHead head{
      .method = method, .target = target, .host = "h", .headers = fields, .has_body = !rest.empty(), .now_ns = 1};
  auto decision = guard().check_request_head(worker, {.limits = &limits}, transaction, head);
  if (guard().needs_request_body(transaction)) decision = guard().check_request_body(worker, transaction, rest);
  std::string out;
  guard().append_path(out, transaction, target);
  append_problem_document(out, decision, 400, "id");
  if (transaction.plan == nullptr) return 0;  // nothing to finish either
  const portico::guard::ResponseHead answer{.status = 200, .headers = fields, .has_body = true};
  decision = guard().check_response_head(worker, transaction, answer);
  portico::guard::Repaired repaired;
  if (guard().needs_response_body(transaction)) {
    decision = guard().check_response_body(worker, transaction, rest, repaired);
  }
  guard().finish(worker, {.limits = &limits}, transaction, {});
  return 0;
}
