// Text for HTML pages and the like.
#pragma once

#include <string>
#include <string_view>

namespace portico {

// Appends `text` so that it is text in HTML (and XML) content and in quoted attribute values, whatever it holds.
void append_html(std::string& out, std::string_view text);
std::string html(std::string_view text);

}  // namespace portico
