#include "base/result.h"

#include <system_error>

namespace portico {

std::string to_string(const Place& place) {
  std::string out = place.file;
  if (place.line != 0) {
    out += ':' + std::to_string(place.line);
    if (place.column != 0) out += ':' + std::to_string(place.column);
  }
  return out;
}

std::string to_string(const Error& error) {
  std::string out = to_string(error.place);
  if (!out.empty()) out += ": ";
  out += error.message;
  if (!error.remedy.empty()) out += "\n  " + error.remedy;
  return out;
}

std::unexpected<Error> io_failure(std::string_view what, std::string_view path, int errno_value) {
  const auto code = errno_value == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo;
  return failure(code, std::string(what) + ": " + std::generic_category().message(errno_value),
                 Place{.file = std::string(path)});
}

}  // namespace portico
