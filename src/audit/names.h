// What names give away. Contracts say in names what no keyword says: that a number is a key, that an operation is for
// operators, that it is where callers get their credentials. All tests work on words (words_of), never on substrings,
// so that "paid" is no id and "accountability" no account.
#pragma once

#include <string_view>

#include "contract/model.h"

namespace portico::audit {

// "id", "userId", "order_id", "ids": an identifier by its name.
bool is_identifier(std::string_view name);

// "parcelNumber", "order_no": a number of some thing, not a telephone, page or line number.
bool is_serial_number(std::string_view name);

// "userId", "account_id", or "id" in something called "User": who somebody is, to this service.
bool is_account_identifier(std::string_view name, std::string_view parent);

// A path variable that measures or pages instead of naming an object: {page}, {year}, {width}, {z}.
bool is_measure(std::string_view name);

// Whether the last words of the name are those of a credential: "password", "access_token", "apiKey"; not "page_token",
// "token_id", "csrfToken".
bool is_credential(std::string_view name);

// "sessionid", "JSESSIONID": what a server calls the cookie that is the login. Not "upload_session_id".
bool is_session_id(std::string_view name);

// Administration, diagnosis, debugging, remote commands: by the words of the path, or a tag of such words only.
bool is_management(const contract::Operation& operation);

// Login, sign-up, token, password reset: where a caller cannot have credentials yet. Never one that addresses an object
// by a path variable.
bool is_entry(const contract::Operation& operation);

// Health probes, published descriptions and keys: read by machines that have no account.
bool is_published(const contract::Operation& operation);

// GET, HEAD, QUERY, OPTIONS and TRACE change nothing (RFC 9110, section 9.2.1).
bool is_safe(contract::Method method);

}  // namespace portico::audit
