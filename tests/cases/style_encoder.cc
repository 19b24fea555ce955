#include "style_encoder.h"

#include <vector>

#include "base/text.h"

namespace portico::cases {
namespace {

using contract::ParameterIn;
using contract::Style;
using json::Node;

std::string escaped(const contract::Parameter& parameter, std::string_view text) {
  if (parameter.in == ParameterIn::kHeader) return std::string(text);
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_alnum(c) || std::string_view("-._~").find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

struct Encoder {
  const contract::Parameter& parameter;
  const Node& value;

  std::string text(const Node& node) const { return escaped(parameter, node.text()); }
  std::string name() const { return escaped(parameter, parameter.name); }

  // Elements, or members as name and value.
  std::vector<std::string> parts(std::string_view between_name_and_value) const {
    std::vector<std::string> out;
    for (const Node* item : value.items()) out.push_back(text(*item));
    for (const auto& [key, member] : value.members()) {
      out.push_back(text(*key) + std::string(between_name_and_value) + text(*member));
    }
    if (!value.is_array() && !value.is_object()) out.push_back(text(value));
    return out;
  }

  std::string plain(std::string_view separator) const {
    return join(parts(parameter.explode ? "=" : separator), separator);
  }

  std::string matrix() const {
    if (!parameter.explode || (!value.is_array() && !value.is_object())) {
      const std::string list = join(parts(","), ",");
      return ";" + name() + (list.empty() ? "" : "=" + list);
    }
    return ";" + join(parts("="), value.is_object() ? ";" : ";" + name() + "=")
                     .insert(0, value.is_object() ? "" : name() + "=");
  }

  std::string pairs(std::string_view separator) const {
    const std::string between = parameter.in == ParameterIn::kCookie ? "; " : "&";
    if (parameter.style == Style::kDeepObject) {
      std::vector<std::string> out;
      for (const auto& [key, member] : value.members()) {
        out.push_back(name() + "%5B" + text(*key) + "%5D=" + text(*member));
      }
      return join(out, between);
    }
    if (parameter.explode && value.is_object()) return join(parts("="), between);
    if (parameter.explode) {
      std::vector<std::string> out = parts("");
      for (std::string& one : out) one.insert(0, name() + "=");
      return join(out, between);
    }
    return name() + "=" + join(parts(separator), separator);
  }
};

}  // namespace

std::string encode(const contract::Parameter& parameter, const Node& value) {
  const Encoder encoder{parameter, value};
  const bool in_text = parameter.in == ParameterIn::kPath || parameter.in == ParameterIn::kHeader;
  const auto separator = [&]() -> std::string {
    switch (parameter.style) {
      case Style::kSpaceDelimited: return parameter.in == ParameterIn::kHeader ? " " : "%20";
      case Style::kPipeDelimited: return parameter.in == ParameterIn::kHeader ? "|" : "%7C";
      case Style::kTabDelimited: return parameter.in == ParameterIn::kHeader ? "\t" : "%09";
      default: return ",";
    }
  }();
  if (!in_text) return encoder.pairs(separator);
  if (parameter.style == Style::kMatrix) return encoder.matrix();
  if (parameter.style == Style::kLabel) {
    return "." + encoder.plain(parameter.explode || parameter.delimiter_repeats_prefix ? "." : ",");
  }
  return encoder.plain(separator);
}

}  // namespace portico::cases
