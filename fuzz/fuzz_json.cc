// Traffic's JSON: the fast parser, the exact one and simdjson's own second stage must agree on any bytes, and tapes
// must be whole. simdjson knows neither duplicate keys nor big numbers; else it is taken at its word.
#include <simdjson.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "json/parse.h"
#include "json/parse_exact.h"
#include "tape_check.h"

namespace portico {
namespace {

using json::ParseProblem;
using json::TapeView;
namespace kind = json::tape;

void require(bool condition) {
  if (!condition) std::abort();
}

// Numbers as doubles where either is one: the exact parser keeps what simdjson rounds to zero.
void require_equal(const TapeView& a, const TapeView& b) {
  std::size_t i = TapeView::kFirst;
  std::size_t j = TapeView::kFirst;
  for (; i < a.count - 1 && j < b.count - 1;) {
    const char type = a.type(i);
    if (type == kind::kDouble && b.type(j) == kind::kBigNumber) {
      require(a.words[i + 1] == b.words[j + 1]);
    } else {
      require(type == b.type(j));
      if (type == kind::kString || type == kind::kBigNumber) require(a.text(i) == b.text(j));
      if (type == kind::kInteger || type == kind::kUnsigned || type == kind::kDouble) {
        require(a.words[i + 1] == b.words[j + 1]);
      }
      if (type == kind::kObject || type == kind::kArray) require(a.saturated_count(i) == b.saturated_count(j));
    }
    const bool container = type == kind::kObject || type == kind::kArray;
    i = container ? i + 1 : a.next(i);
    j = container ? j + 1 : b.next(j);
  }
  require(i == a.count - 1 && j == b.count - 1);
}

void require_equal(const simdjson::dom::element& element, const TapeView& tape, std::size_t& at) {
  const char type = tape.type(at);
  switch (element.type()) {
    case simdjson::dom::element_type::OBJECT:
      require(type == kind::kObject);
      ++at;
      for (const auto& [key, value] : simdjson::dom::object(element)) {
        require(tape.text(at++) == key);
        require_equal(value, tape, at);
      }
      require(tape.type(at++) == kind::kObjectEnd);
      return;
    case simdjson::dom::element_type::ARRAY:
      require(type == kind::kArray);
      ++at;
      for (const auto& value : simdjson::dom::array(element)) require_equal(value, tape, at);
      require(tape.type(at++) == kind::kArrayEnd);
      return;
    case simdjson::dom::element_type::STRING:
      require(type == kind::kString && std::string_view(element) == tape.text(at));
      break;
    case simdjson::dom::element_type::INT64:
      require(type == kind::kInteger && std::int64_t(element) == tape.integer(at));
      break;
    case simdjson::dom::element_type::UINT64:
      require(type == kind::kUnsigned && std::uint64_t(element) == tape.unsigned_integer(at));
      break;
    case simdjson::dom::element_type::DOUBLE: {
      // A scalar document is the exact parser's, which keeps numbers too small for a double.
      const double value(element);
      require(type == kind::kDouble || (type == kind::kBigNumber && value == 0));
      require(tape.words[at + 1] == std::bit_cast<std::uint64_t>(value));
      break;
    }
    case simdjson::dom::element_type::BOOL: require(type == (bool(element) ? kind::kTrue : kind::kFalse)); break;
    case simdjson::dom::element_type::NULL_VALUE: require(type == kind::kNull); break;
  }
  at = tape.next(at);
}

bool has_escaped_nul(std::string_view text) {
  for (std::size_t i = text.find('\\'); i < text.size(); i = text.find('\\', i + 2)) {
    if (text.substr(i + 1, 5) == "u0000") return true;
  }
  return false;
}

}  // namespace
}  // namespace portico

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace portico;
  static json::Parser parser;
  static json::Parser padded_parser;
  static simdjson::dom::parser theirs;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  json::Strictness strictness;
  strictness.max_depth = size == 0 ? 1 : data[size - 1] % 16 + 1;
  const auto problem = parser.parse(text, strictness);

  // The same from bytes that lead on, as those of a stream would.
  std::vector<char> stream(text.begin(), text.end());
  for (std::size_t i = 0; i < json::Parser::kPadding; ++i)
    stream.push_back(size == 0 ? '}' : static_cast<char>(data[i % size]));
  const auto same = padded_parser.parse_padded({stream.data(), size}, strictness);
  require(problem == same);

  json::TapeBuilder builder;
  std::vector<char> scratch;
  std::size_t offset = 0;
  const auto exact = size == 0 ? ParseProblem::kEmpty : json::parse_exactly(text, strictness, builder, scratch, offset);
  simdjson::dom::element element;
  (void)theirs.allocate(size, strictness.max_depth + 1);
  const auto error = theirs.parse(text.data(), size, true).get(element);

  if (problem == ParseProblem::kNone) {
    fuzz::check_tape(parser.tape());
    require_equal(parser.tape(), padded_parser.tape());
    if (exact == ParseProblem::kNone) require_equal(parser.tape(), builder.finish());
    // Numbers of any size that round to zero are read.
    require(exact == ParseProblem::kNone || exact == ParseProblem::kNumberRange);
    require(error == simdjson::SUCCESS || error == simdjson::NUMBER_ERROR);
    if (error == simdjson::SUCCESS) {
      std::size_t at = TapeView::kFirst;
      require_equal(element, parser.tape(), at);
    }
    require(!has_escaped_nul(text));
  } else {
    require(problem == ParseProblem::kDuplicateKey || exact == problem);
    const bool deliberate = problem == ParseProblem::kDuplicateKey || problem == ParseProblem::kNul ||
                            problem == ParseProblem::kNumberRange;
    require(deliberate || error != simdjson::SUCCESS);
  }
  return 0;
}
