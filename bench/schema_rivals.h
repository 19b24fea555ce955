// Rivals of the schema engine in C++, where they are installed.
#pragma once

#include <functional>
#include <string>

namespace portico::bench {

// valijson on RapidJSON, parse included; null when it was not built or cannot take the schema.
std::function<bool(const std::string&)> make_valijson(const std::string& schema);

}  // namespace portico::bench
