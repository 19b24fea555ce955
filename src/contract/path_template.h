// Path templates ("/orders/{id}/report.{format}"): what they are made of. Internal to contract/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace portico::contract {

// What matching has room for. Base paths come on top of the segments.
constexpr std::size_t kMaxVariables = 16;
constexpr std::size_t kMaxSegments = 100;
constexpr std::size_t kMaxSegmentBytes = 200;

// The names of the variables, in order; malformed parts are passed over.
std::vector<std::string_view> variables_of(std::string_view path);

// What is wrong with the template, as a sentence, or empty.
std::string_view template_fault(std::string_view path);

// Whether a request's path can be this one at all: not with a '?' or '#' in it, where a path ends.
bool is_reachable(std::string_view path);

// The template with all names left out: two of the same shape stand for the same paths.
std::string shape_of(std::string_view path);

// A segment between slashes, as literals and variables in turn.
struct SegmentPart {
  std::string text;  // a literal, percent-decoded; or the variable's name
  bool variable = false;
};
std::vector<SegmentPart> parts_of(std::string_view segment);

}  // namespace portico::contract
