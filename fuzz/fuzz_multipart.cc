// multipart/form-data: the first line is the boundary, the rest the body. What is read, written again in the one way
// that there is, reads the same; and becomes a well-formed object.
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/load.h"
#include "guard/forms.h"
#include "http/multipart.h"
#include "tape_check.h"

namespace {

using portico::guard::MediaPlan;
using portico::http::Part;

constexpr std::string_view kContract = R"yaml(
openapi: 3.1.0
info: {title: fuzz, version: "1"}
paths:
  /a:
    post:
      requestBody:
        content:
          multipart/form-data:
            schema:
              type: object
              properties:
                t: {type: string}
                i: {type: [integer, "null"]}
                f: {type: string, format: binary}
                j: {type: object}
                l: {type: array, items: {type: object}}
                c: {type: array, items: {type: integer}}
                d: {type: object}
                s: {type: object, properties: {x: {type: integer}}}
                p: {contentMediaType: image/png}
            encoding:
              c: {style: form, explode: false}
              d: {style: deepObject}
              s: {style: form}
              p: {contentType: image/*}
      responses: {"204": {description: ok}}
)yaml";

struct Plan {
  portico::contract::Contract contract;
  MediaPlan media;
};

const MediaPlan& media() {
  static const Plan kPlan = [] {
    auto contract = portico::contract::load_text(kContract, "fuzz.yaml");
    if (!contract) std::abort();
    portico::schema::Compiler compiler({.documents = contract->documents.get()},
                                       {.dialect = portico::schema::Dialect::kJsonSchema202012});
    std::vector<std::string> notes;
    portico::guard::XmlPlanner xml(*contract);
    auto plan =
        portico::guard::make_media_plan(*contract, compiler, xml, contract->operations.front().body->content.front(),
                                        portico::schema::Direction::kRequest, "fuzz", notes);
    if (!plan) std::abort();
    return Plan{*std::move(contract), *std::move(plan)};
  }();
  return kPlan.media;
}

void check_form(std::string_view body, const portico::http::Boundary& boundary) {
  static portico::json::TapeBuilder builder;
  static portico::json::Parser parser;
  std::vector<portico::guard::Pair> pairs;
  std::string scratch;
  if (portico::guard::split_multipart(body, boundary, pairs) != portico::http::MultipartProblem::kNone) return;
  for (const bool text : {false, true}) {
    builder.reset();
    portico::guard::Typing typing{.text = text, .untyped_as_text = text};
    portico::guard::FormDecoder decoder(builder, parser, scratch, media(), portico::guard::Carrier::kPlain, typing);
    if (decoder.decode(pairs).kind != portico::guard::FormProblem::Kind::kNone) continue;
    portico::fuzz::check_tape(builder.finish());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto end = body.find('\n');
  if (end == std::string_view::npos) return 0;
  const std::string field = "multipart/form-data; boundary=\"" + std::string(body.substr(0, end)) + '"';
  body.remove_prefix(end + 1);
  const auto type = portico::http::parse_media_type(field);
  const auto boundary = type ? portico::http::boundary_of(*type) : std::nullopt;
  if (!boundary) return 0;
  portico::http::MultipartReader reader(body, *boundary);
  std::vector<Part> parts;
  for (Part part; reader.next(part);) parts.push_back(part);
  check_form(body, *boundary);
  if (reader.problem() != portico::http::MultipartProblem::kNone) return 0;
  std::string again;
  const std::string mark = "--" + std::string(boundary->view());
  for (const Part& part : parts) {
    again += mark + "\r\nContent-Disposition: form-data; name=\"" + std::string(part.name) + '"';
    if (part.is_file) again += "; filename=\"\"";
    if (!part.content_type.empty()) again += "\r\nContent-Type: " + std::string(part.content_type);
    again += "\r\n\r\n" + std::string(part.body) + "\r\n";
  }
  again += mark + "--\r\n";
  portico::http::MultipartReader second(again, *boundary, {.header_bytes = 4096});
  for (const Part& part : parts) {
    Part read;
    if (!second.next(read) || read.name != part.name || read.body != part.body || read.is_file != part.is_file ||
        read.content_type != part.content_type) {
      std::abort();
    }
  }
  Part none;
  if (second.next(none) || second.problem() != portico::http::MultipartProblem::kNone) std::abort();
  return 0;
}
