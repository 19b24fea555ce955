// base64url without padding (RFC 4648, section 5), as JOSE and sealed ids use it.
#pragma once

#include <string>
#include <string_view>

namespace portico {

void append_base64url(std::string& out, std::string_view bytes);

// Appends the bytes of `text`. False for anything but the one canonical spelling: padding, other characters, an
// impossible length, or bits beyond the last byte that are not zero. `out` is then as it was.
bool append_base64url_decoded(std::string& out, std::string_view text);

}  // namespace portico
