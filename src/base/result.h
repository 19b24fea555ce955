// Errors as values.
//
// Every fallible function of Portico returns Result<T>. An Error says what is wrong, where, and what
// to do about it; it is written for the person who has to act on it. Bad traffic and bad contracts
// are not Errors but decisions and findings: an Error means that the work asked for cannot be done.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace portico {

// A place in a file. `line` and `column` count from 1; 0 means "not known". Columns count bytes.
struct Place {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  friend bool operator==(const Place&, const Place&) = default;
};

// "file:line:column", with the parts that are known; empty when none is.
std::string to_string(const Place& place);

enum class ErrorCode : std::uint8_t {
  kInvalidArgument,  // the caller's words or options are off
  kSyntax,           // a document is not well-formed
  kInvalid,          // well-formed, but not what its standard allows
  kNotFound,
  kLimit,        // a budget (bytes, depth, nodes, ...) is used up
  kUnsupported,  // understood, but not available here
  kForbidden,    // refused on purpose: network, outside of the root folder, ...
  kIo,           // the operating system said no
};

struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::kInvalid;
  std::string message;  // one line, no final full stop, never a secret or a personal value
  Place place;          // empty where no file is concerned
  std::string remedy;   // what to do about it, or empty
};

// "file:line:column: message" and, on a second line, the remedy.
std::string to_string(const Error& error);

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> failure(ErrorCode code, std::string message, Place place = {}, std::string remedy = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(place), std::move(remedy)});
}

// An Error of kIo that ends in the text of `errno_value`.
std::unexpected<Error> io_failure(std::string_view what, std::string_view path, int errno_value);

}  // namespace portico

#define PORTICO_CONCATENATE_(a, b) a##b
#define PORTICO_CONCATENATE(a, b) PORTICO_CONCATENATE_(a, b)
#define PORTICO_TRY_(result, declaration, ...)                    \
  auto result = (__VA_ARGS__);                                    \
  if (!result) return std::unexpected(std::move(result).error()); \
  declaration = *std::move(result)

// PORTICO_TRY(auto text, read_file(path)): binds the value, or returns the error to the caller.
#define PORTICO_TRY(declaration, ...) \
  PORTICO_TRY_(PORTICO_CONCATENATE(portico_result_, __LINE__), declaration, __VA_ARGS__)

// PORTICO_CHECK_OK(write(...)): the same for a Result<void>.
#define PORTICO_CHECK_OK(...)                                    \
  do {                                                           \
    if (auto portico_status = (__VA_ARGS__); !portico_status)    \
      return std::unexpected(std::move(portico_status).error()); \
  } while (false)
