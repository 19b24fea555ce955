// Points of the score as people read them.
#pragma once

#include <charconv>
#include <string>

namespace portico::finding {

// One digit after the point, none for whole numbers: "87.5", "60".
inline std::string points(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, 1).ptr;
  std::string out(text, end);
  if (out.ends_with(".0")) out.resize(out.size() - 2);
  return out == "-0" ? "0" : out;
}

}  // namespace portico::finding
