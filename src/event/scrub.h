// Takes secrets and personal values out of text that a client chose (paths of unknown operations, user agents) before
// it is written anywhere. It works by shape, so it is the second line: where the contract says what a value is, the
// value is not passed on in the first place.
#pragma once

#include <string>
#include <string_view>

namespace portico::event {

// Appends `path` with every segment masked ("***") that looks like an e-mail address, a JSON Web Token, a telephone
// number, a payment card number, or a long random token; and cut to `limit` bytes.
void append_scrubbed_path(std::string& out, std::string_view path, std::size_t limit = 1024);

// The same for free text, word by word.
void append_scrubbed_text(std::string& out, std::string_view text, std::size_t limit = 256);

}  // namespace portico::event
