#include "guard/rule_inputs.h"

#include <arpa/inet.h>
#include <endian.h>

#include "base/text.h"

namespace portico::guard {
namespace {

// As deep as the value is; documents are parsed with a limit.
std::size_t copy(const json::TapeView& from, std::size_t i, json::TapeBuilder& to) {
  namespace kind = json::tape;
  switch (from.type(i)) {
    case kind::kObject:
      to.begin_object();
      for (std::size_t at = i + 1; at < from.after(i) - 1;) {
        to.key(from.text(at));
        at = copy(from, at + 1, to);
      }
      to.end_object();
      break;
    case kind::kArray:
      to.begin_array();
      for (std::size_t at = i + 1; at < from.after(i) - 1;) at = copy(from, at, to);
      to.end_array();
      break;
    case kind::kString: to.string(from.text(i)); break;
    case kind::kInteger: to.integer(from.integer(i)); break;
    case kind::kUnsigned: to.unsigned_integer(from.unsigned_integer(i)); break;
    case kind::kDouble: to.number(from.real(i)); break;
    case kind::kBigNumber: to.number_literal(from.text(i)); break;
    case kind::kTrue:
    case kind::kFalse: to.boolean(from.type(i) == kind::kTrue); break;
    default: to.null(); break;
  }
  return from.next(i);
}

}  // namespace

std::uint32_t RuleInputs::put(std::string_view text) {
  const auto at = static_cast<std::uint32_t>(tape_.position());
  tape_.string(text);
  return at;
}

void RuleInputs::keep_request(RequestField field, std::string_view text) {
  const auto index = static_cast<std::size_t>(field);
  if (rules_->uses(Variable::kRequest, index)) request_[index] = put(text);
}

// As address::to_string() writes it, without its allocation.
void RuleInputs::keep_address(address::Ip client) {
  const std::array words = {htobe64(client.high), htobe64(client.low)};
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(words.data());
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool v4 = client.is_v4();
  ::inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? bytes + 12 : bytes, text.data(), text.size());
  keep_request(RequestField::kAddress, text.data());
}

void RuleInputs::begin(const OperationRules& rules, const RequestHead& head, address::Ip client,
                       std::string_view path) {
  rules_ = &rules;
  tape_.reset();
  tape_.begin_array();
  for (std::size_t i = 0; i < parameters_.size(); ++i) parameters_[i].assign(rules.parameters[i]->fields.size(), 0);
  request_.assign(rules.request->fields.size(), 0);
  response_header_.assign(rules.response_header->fields.size(), 0);
  status_ = 0;
  wall_us_ = head.wall_us;
  keep_request(RequestField::kMethod, head.method);
  keep_request(RequestField::kPath, path);
  keep_request(RequestField::kHost, head.host);
  if (rules.uses(Variable::kRequest, static_cast<std::size_t>(RequestField::kAddress))) keep_address(client);
}

void RuleInputs::keep_parameter(Variable kind, std::size_t index, const json::TapeView& value) {
  if (!rules_->uses(kind, index)) return;
  parameters_[static_cast<std::size_t>(kind)][index] = static_cast<std::uint32_t>(tape_.position());
  copy(value, json::TapeView::kFirst, tape_);
}

void RuleInputs::keep_response(const ResponseHead& head) {
  status_ = head.status;
  // `header` of `response` is its second field.
  if (!rules_->uses(Variable::kMessage, 1)) return;
  const auto& fields = rules_->response_header->fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    int lines = 0;
    text_.clear();
    for (const HeaderField& field : head.headers) {
      if (!equal_ignoring_case(field.name, fields[i].name)) continue;
      if (lines++ > 0) text_ += ", ";
      text_ += trim(field.value);
    }
    // What is no text can be no value: then the rule cannot be decided.
    if (lines > 0 && invalid_utf8(text_) == std::string_view::npos) response_header_[i] = put(text_);
  }
}

}  // namespace portico::guard
