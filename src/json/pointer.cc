#include "json/pointer.h"

#include "base/text.h"
#include "base/uri.h"

namespace portico::json {
namespace {

std::unexpected<Error> malformed(std::string_view pointer) {
  return failure(ErrorCode::kSyntax, "\"" + printable(pointer) + "\" is not a JSON Pointer", {},
                 "a pointer is empty or starts with \"/\", and \"~\" is written as \"~0\" (RFC 6901)");
}

// False when a '~' is followed by anything but 0 and 1.
bool unescape(std::string_view token, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      out += token[i];
      continue;
    }
    if (++i == token.size() || (token[i] != '0' && token[i] != '1')) return false;
    out += token[i] == '0' ? '~' : '/';
  }
  return true;
}

const Node* child(const Node& node, std::string_view token) {
  if (node.is_object()) return node.find(token);
  // Section 4: digits without leading zeros; "-" is the element after the last, which does not exist.
  if (!node.is_array() || (token.size() > 1 && token.front() == '0')) return nullptr;
  const auto index = parse_uint(token);
  return index && *index < node.size() ? node.items()[*index] : nullptr;
}

}  // namespace

Result<const Node*> evaluate(const Node& root, std::string_view pointer) {
  if (!pointer.empty() && pointer.front() != '/') return malformed(pointer);
  const Node* node = &root;
  std::string unescaped;
  std::size_t at = 0;
  while (at < pointer.size()) {
    const auto end = std::min(pointer.find('/', at + 1), pointer.size());
    std::string_view token = pointer.substr(at + 1, end - at - 1);
    if (token.find('~') != std::string_view::npos) {
      if (!unescape(token, unescaped)) return malformed(pointer);
      token = unescaped;
    }
    const Node* next = child(*node, token);
    if (next == nullptr) {
      const std::string where =
          at == 0 ? "the document" : "\"" + printable(pointer.substr(0, at), 200) + "\", which is there,";
      return failure(ErrorCode::kNotFound, where + " has no \"" + printable(token) + "\"");
    }
    node = next;
    at = end;
  }
  return node;
}

Result<std::string> pointer_of_fragment(std::string_view fragment) {
  auto decoded = percent_decode(fragment);
  if (!decoded || (!decoded->empty() && decoded->front() != '/')) return malformed(fragment);
  return *std::move(decoded);
}

std::string unescape_token(std::string_view token) {
  std::string out;
  return unescape(token, out) ? out : std::string(token);
}

void append_token(std::string& pointer, std::string_view token) {
  pointer += '/';
  for (const char c : token) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
}

}  // namespace portico::json
