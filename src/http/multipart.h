// multipart/form-data (RFC 7578, in the syntax of RFC 2046, section 5.1), read strictly.
//
// Servers read malformed multipart bodies in many ways, and a part that the guard takes for content may be a field to
// the service behind it. So there is one reading or none: lines end in CRLF; nothing stands before the first delimiter
// or after the last; wherever "--" and the boundary stand, they are a delimiter; a part has exactly one name; nothing
// is encoded once more. Refused although a standard has it: folded header lines, backslashes in quoted strings,
// extended parameters (filename*, forbidden by RFC 7578, section 4.2), Content-Transfer-Encoding other than the
// identities 7bit, 8bit and binary (deprecated by section 4.7; some clients still say that they do not encode).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/media_type.h"

namespace portico::http {

// The `boundary` parameter: 1 to 70 characters (RFC 2046, section 5.1.1). Plain state.
struct Boundary {
  static constexpr std::size_t kMaxSize = 70;
  std::array<char, kMaxSize> text{};
  std::uint8_t size = 0;

  std::string_view view() const { return {text.data(), size}; }
};

// Nothing when the parameter is missing, too long, has other characters than the standard allows, or ends in a space.
std::optional<Boundary> boundary_of(const MediaType& media);

// Views point into the body.
struct Part {
  std::string_view name;
  std::string_view content_type;  // empty: none is given, which means text/plain
  std::string_view body;
  bool is_file = false;  // has a filename, if only an empty one
};

enum class MultipartProblem : std::uint8_t {
  kNone,
  kDelimiter,         // no delimiter where one must be, or one where none may be
  kTrailing,          // something after the last delimiter
  kHeader,            // a malformed, repeated or folded header line
  kHeaderLimit,       // too many, or too long
  kDisposition,       // not form-data with exactly one name, or with a parameter that is not name or filename
  kTransferEncoding,  // the part is encoded once more
  kPartLimit,
};

// A stable reason in kebab-case: "multipart-delimiter".
std::string_view name(MultipartProblem problem);

struct MultipartLimits {
  std::uint32_t parts = 1000;
  std::uint32_t header_lines = 8;     // of one part
  std::uint32_t header_bytes = 2048;  // of one part
};

// Reads the parts of a body one after another, in one pass and without allocating:
//   MultipartReader reader(body, boundary);
//   while (reader.next(part)) ...;
//   if (reader.problem() != MultipartProblem::kNone) ...;
class MultipartReader {
 public:
  MultipartReader(std::string_view body, const Boundary& boundary, MultipartLimits limits = {});

  // False at the end and at a problem.
  bool next(Part& part);
  MultipartProblem problem() const { return problem_; }

 private:
  bool fail(MultipartProblem problem);
  bool delimiter();
  bool headers(Part& part);
  bool content(Part& part);
  std::string_view mark() const { return {mark_.data(), mark_size_}; }

  std::string_view rest_;
  std::array<char, Boundary::kMaxSize + 2> mark_{};  // "--" and the boundary
  std::size_t mark_size_;
  MultipartLimits limits_;
  std::uint32_t parts_ = 0;
  bool ended_ = false;
  MultipartProblem problem_ = MultipartProblem::kNone;
};

}  // namespace portico::http
