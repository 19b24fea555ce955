#include "http/multipart.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace portico::http {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kDashes = "--";

bool is_boundary_char(char c) {
  return is_alnum(c) || std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_alnum(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

// A quoted string without escapes, or a token; without its quotes. Moves `rest` behind it.
bool take_value(std::string_view& rest, std::string_view& value) {
  if (!rest.starts_with('"')) {
    value = rest.substr(0, rest.find_first_of("; \t"));
    rest.remove_prefix(value.size());
    return is_token(value);
  }
  const auto end = rest.find('"', 1);
  if (end == std::string_view::npos) return false;
  value = rest.substr(1, end - 1);
  rest.remove_prefix(end + 1);
  return value.find('\\') == std::string_view::npos;
}

std::string_view take_white(std::string_view rest) {
  while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) rest.remove_prefix(1);
  return rest;
}

// "form-data", then name and filename, each at most once and nothing else (RFC 7578, section 4.2).
bool read_disposition(std::string_view value, Part& part) {
  constexpr std::string_view kType = "form-data";
  if (!equal_ignoring_case(value.substr(0, kType.size()), kType)) return false;
  bool has_name = false;
  for (auto rest = take_white(value.substr(kType.size())); !rest.empty(); rest = take_white(rest)) {
    if (rest.front() != ';') return false;
    rest = take_white(rest.substr(1));
    const auto equals = rest.find('=');
    if (equals == std::string_view::npos) return false;
    const auto parameter = rest.substr(0, equals);
    rest.remove_prefix(equals + 1);
    std::string_view text;
    if (!take_value(rest, text)) return false;
    if (equal_ignoring_case(parameter, "name") && !has_name) {
      has_name = true;
      part.name = text;
    } else if (equal_ignoring_case(parameter, "filename") && !part.is_file) {
      part.is_file = true;
    } else {
      return false;
    }
  }
  return has_name && !part.name.empty();
}

bool is_identity(std::string_view encoding) {
  return equal_ignoring_case(encoding, "7bit") || equal_ignoring_case(encoding, "8bit") ||
         equal_ignoring_case(encoding, "binary");
}

}  // namespace

std::optional<Boundary> boundary_of(const MediaType& media) {
  const std::string* given = media.parameter("boundary");
  if (given == nullptr || given->empty() || given->size() > Boundary::kMaxSize || given->back() == ' ' ||
      !std::ranges::all_of(*given, is_boundary_char)) {
    return std::nullopt;
  }
  Boundary boundary;
  std::ranges::copy(*given, boundary.text.begin());
  boundary.size = static_cast<std::uint8_t>(given->size());
  return boundary;
}

std::string_view name(MultipartProblem problem) {
  switch (problem) {
    case MultipartProblem::kNone: return "";
    case MultipartProblem::kDelimiter: return "multipart-delimiter";
    case MultipartProblem::kTrailing: return "multipart-trailing";
    case MultipartProblem::kHeader: return "multipart-header";
    case MultipartProblem::kHeaderLimit: return "multipart-header-limit";
    case MultipartProblem::kDisposition: return "multipart-disposition";
    case MultipartProblem::kTransferEncoding: return "multipart-transfer-encoding";
    case MultipartProblem::kPartLimit: return "multipart-part-limit";
  }
  return "";
}

MultipartReader::MultipartReader(std::string_view body, const Boundary& boundary, MultipartLimits limits)
    : rest_(body), mark_size_(kDashes.size() + boundary.size), limits_(limits) {
  std::ranges::copy(kDashes, mark_.begin());
  std::ranges::copy(boundary.view(), mark_.begin() + kDashes.size());
}

bool MultipartReader::fail(MultipartProblem problem) {
  problem_ = problem;
  ended_ = true;
  return false;
}

// Takes "--boundary" and what ends its line. At the last one ("--boundary--") there is no next part.
bool MultipartReader::delimiter() {
  if (!rest_.starts_with(mark())) return fail(MultipartProblem::kDelimiter);
  rest_.remove_prefix(mark_size_);
  if (rest_.starts_with(kLineEnd)) {
    rest_.remove_prefix(kLineEnd.size());
    return true;
  }
  if (!rest_.starts_with(kDashes)) return fail(MultipartProblem::kDelimiter);
  rest_.remove_prefix(kDashes.size());
  if (!rest_.empty() && rest_ != kLineEnd) return fail(MultipartProblem::kTrailing);
  ended_ = true;
  return false;
}

bool MultipartReader::headers(Part& part) {
  bool has_disposition = false;
  bool has_type = false;
  bool has_encoding = false;
  std::size_t bytes = 0;
  for (std::uint32_t lines = 0;; ++lines) {
    const auto end = rest_.substr(0, limits_.header_bytes + kLineEnd.size()).find(kLineEnd);
    if (end == std::string_view::npos) return fail(MultipartProblem::kHeaderLimit);
    const auto line = rest_.substr(0, end);
    rest_.remove_prefix(end + kLineEnd.size());
    if (line.empty()) break;
    bytes += end;
    if (bytes > limits_.header_bytes || lines == limits_.header_lines) {
      return fail(MultipartProblem::kHeaderLimit);
    }
    const auto colon = std::min(line.find(':'), line.size());
    const auto field = line.substr(0, colon);
    const auto value = colon == line.size() ? std::string_view() : trim(line.substr(colon + 1));
    const auto is_text = [](char c) { return c == '\t' || !is_control(c); };
    if (colon == line.size() || !is_token(field) || !std::ranges::all_of(value, is_text) ||
        invalid_utf8(value) != std::string_view::npos) {
      return fail(MultipartProblem::kHeader);
    }
    if (equal_ignoring_case(field, "content-disposition")) {
      if (has_disposition) return fail(MultipartProblem::kHeader);
      has_disposition = true;
      if (!read_disposition(value, part)) return fail(MultipartProblem::kDisposition);
    } else if (equal_ignoring_case(field, "content-type")) {
      if (has_type) return fail(MultipartProblem::kHeader);
      has_type = true;
      part.content_type = value;
      if (value.empty()) return fail(MultipartProblem::kHeader);
    } else if (equal_ignoring_case(field, "content-transfer-encoding")) {
      if (has_encoding) return fail(MultipartProblem::kHeader);
      has_encoding = true;
      if (!is_identity(value)) return fail(MultipartProblem::kTransferEncoding);
    }
  }
  return has_disposition || fail(MultipartProblem::kDisposition);
}

bool MultipartReader::content(Part& part) {
  // memmem is linear whatever the two are; string_view::find is not.
  const void* found = ::memmem(rest_.data(), rest_.size(), mark_.data(), mark_size_);
  if (found == nullptr) return fail(MultipartProblem::kDelimiter);
  const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - rest_.data());
  if (!rest_.substr(0, at).ends_with(kLineEnd)) return fail(MultipartProblem::kDelimiter);
  part.body = rest_.substr(0, at - kLineEnd.size());
  rest_.remove_prefix(at);
  return true;
}

bool MultipartReader::next(Part& part) {
  part = {};
  if (ended_ || !delimiter()) return false;
  if (parts_++ == limits_.parts) return fail(MultipartProblem::kPartLimit);
  return headers(part) && content(part);
}

}  // namespace portico::http
