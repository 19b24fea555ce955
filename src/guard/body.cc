#include "guard/body.h"

#include "base/text.h"
#include "guard/forms.h"
#include "http/content_coding.h"

namespace portico::guard {
namespace {

constexpr std::size_t kMaxFormPairs = 1000;

json::Strictness strictness_of(const BodyRules& rules, std::string_view bytes) {
  json::Strictness strictness;
  strictness.max_bytes = bytes.size();
  strictness.big_numbers = rules.big_numbers;
  return strictness;
}

class DocumentCheck {
 public:
  DocumentCheck(Worker::State& worker, const BodyHead& head, const BodyRules& rules, std::string_view place)
      : worker_(worker), head_(head), media_(*head.media), rules_(rules), place_(place) {}

  Decision json(std::string_view bytes) {
    const auto verdict = worker_.validator.read(media_.program, worker_.parser, bytes, strictness_of(rules_, bytes));
    worker_.parsed = verdict.problem == json::ParseProblem::kNone ? bytes : std::string_view();
    if (verdict.problem != json::ParseProblem::kNone) return malformed(json::name(verdict.problem));
    return conclude(worker_, media_.program, worker_.parser.tape(), verdict.outcome, rules_.invalid, place_);
  }

  Decision url_encoded(std::string_view bytes) {
    // Some servers take a field to end there; whoever writes forms by their standard encodes it.
    if (bytes.find(';') != std::string_view::npos) return malformed("semicolon");
    if (!split_query(bytes, true, kMaxFormPairs, worker_.form, worker_.form_names)) {
      return malformed("is not application/x-www-form-urlencoded");
    }
    return form(Carrier::kForm);
  }

  Decision multipart(std::string_view bytes) {
    const auto problem = split_multipart(bytes, head_.boundary, worker_.form);
    if (problem != http::MultipartProblem::kNone) return malformed(http::name(problem));
    return form(Carrier::kPlain);
  }

  Decision xml(std::string_view bytes) {
    const auto problem = worker_.xml_reader.read(bytes);
    if (problem != xml::Problem::kNone) return malformed(xml::name(problem));
    return attempts([&](Typing& typing) {
      const auto what = worker_.xml_decoder.decode(media_.xml, worker_.xml_reader.document(), typing, worker_.builder);
      return what.empty() ? Decision{} : malformed(what);
    });
  }

  Decision text(std::string_view bytes) {
    if (invalid_utf8(bytes) != std::string_view::npos) return malformed("invalid-utf8");
    if (bytes.find('\0') != std::string_view::npos) return malformed("nul");
    return attempts([&](Typing& typing) {
      append_typed(worker_.builder, media_.plan.types, bytes, typing);
      return Decision{};
    });
  }

 private:
  Decision malformed(std::string_view detail) {
    return refuse(rules_.malformed, std::string(place_), std::string(detail));
  }

  Decision form(Carrier carrier) {
    return attempts([&](Typing& typing) -> Decision {
      FormDecoder decoder(worker_.builder, worker_.parser, worker_.text, media_, carrier, typing);
      const FormProblem problem = decoder.decode(worker_.form);
      if (problem.kind == FormProblem::Kind::kNone) return {};
      std::string where(place_);
      if (!problem.field.empty()) (where += '/') += problem.field;
      return refuse(problem.kind == FormProblem::Kind::kInvalid ? rules_.invalid : rules_.malformed, std::move(where),
                    std::string(problem.detail));
    });
  }

  // Text is typed as narrowly as the schema allows, and where that is refused, as text (see typed_text.h).
  template <class Build>
  Decision attempts(const Build& build) {
    Decision problem;
    if (holds(build, {}, problem)) return {};
    if (problem.allowed() && holds(build, {.text = true}, problem)) return {};
    if (!problem.allowed()) return problem;
    return check_value(worker_, media_.program, worker_.builder.view(), rules_.invalid, place_);
  }

  // Whether the schema accepts what is built, which stays on the builder. `problem`: nothing could be built.
  template <class Build>
  bool holds(const Build& build, Typing typing, Decision& problem) {
    worker_.builder.reset();
    problem = build(typing);
    if (!problem.allowed() || !worker_.validator.accepts(media_.program, worker_.builder.finish())) return false;
    if (!typing.narrowed_untyped) {
      worker_.value = worker_.builder.view();
      return true;
    }
    return holds(build, {.text = typing.text, .untyped_as_text = true}, problem);
  }

  Worker::State& worker_;
  const BodyHead& head_;
  const MediaPlan& media_;
  const BodyRules& rules_;
  std::string_view place_;
};

}  // namespace

std::optional<BodyHead> find_body(const std::vector<MediaPlan>& plans, const http::MediaType& message) {
  BodyHead head{.media = find_media(plans, message), .kind = kind_of(message), .boundary = {}};
  if (head.media == nullptr || head.kind == BodyKind::kUnreadable) return std::nullopt;
  if (head.kind == BodyKind::kOpaque && !takes_opaque(*head.media)) return std::nullopt;
  if (head.kind == BodyKind::kMultipart) {
    const auto boundary = http::boundary_of(message);
    if (!boundary) return std::nullopt;
    head.boundary = *boundary;
  }
  return head;
}

Decision check_body(Worker::State& worker, const BodyHead& head, Coding coding, std::string_view body,
                    std::uint64_t limit, const BodyRules& rules) {
  if (Decision problem = decode_body(worker, coding, body, limit, rules); !problem.allowed()) return problem;
  return check_document(worker, head, body, rules, "body");
}

Decision parse_json(Worker::State& worker, std::string_view bytes, const BodyRules& rules, std::string_view place) {
  const auto problem = worker.parser.parse(bytes, strictness_of(rules, bytes));
  worker.parsed = problem == json::ParseProblem::kNone ? bytes : std::string_view();
  if (problem == json::ParseProblem::kNone) return {};
  return refuse(rules.malformed, std::string(place), std::string(json::name(problem)));
}

Decision decode_body(Worker::State& worker, Coding coding, std::string_view& body, std::uint64_t limit,
                     const BodyRules& rules) {
  constexpr std::string_view kPlace = "body";
  if (body.size() > limit) return refuse(rules.too_large, std::string(kPlace));
  if (coding != Coding::kIdentity) {
    const std::string_view name = coding == Coding::kGzip ? "gzip" : "deflate";
    switch (http::decode_content(name, body, static_cast<std::size_t>(limit), worker.decoded)) {
      case http::Decoding::kDone: break;
      case http::Decoding::kTooLarge: return refuse(rules.too_large, std::string(kPlace), "is too large once decoded");
      default: return refuse(rules.coding, std::string(kPlace), "is not of the content coding that its header names");
    }
    body = worker.decoded;
  }
  return {};
}

Decision check_document(Worker::State& worker, const BodyHead& head, std::string_view bytes, const BodyRules& rules,
                        std::string_view place) {
  worker.value = {};
  DocumentCheck check(worker, head, rules, place);
  switch (head.kind) {
    case BodyKind::kJson: return check.json(bytes);
    case BodyKind::kForm: return check.url_encoded(bytes);
    case BodyKind::kMultipart: return check.multipart(bytes);
    case BodyKind::kXml: return check.xml(bytes);
    case BodyKind::kText: return check.text(bytes);
    case BodyKind::kOpaque:
    case BodyKind::kUnreadable: break;
  }
  return {};
}

json::TapeView body_tape(const Worker::State& worker, BodyKind kind) {
  switch (kind) {
    case BodyKind::kJson: return worker.parser.tape();
    case BodyKind::kForm:
    case BodyKind::kMultipart:
    case BodyKind::kXml:
    case BodyKind::kText: return worker.builder.view();
    case BodyKind::kOpaque:
    case BodyKind::kUnreadable: break;
  }
  return {};
}

}  // namespace portico::guard
