#include "schema/uri.h"

#include "base/text.h"

namespace portico::schema {
namespace {

struct Parts {
  std::string_view scheme;     // without ':'
  std::string_view authority;  // without "//"
  std::string_view path;
  std::string_view query;  // without '?'
  bool has_authority = false;
  bool has_query = false;
};

bool is_scheme(std::string_view text) {
  if (text.empty() || !is_alpha(text.front())) return false;
  for (const char c : text) {
    if (!is_alnum(c) && c != '+' && c != '-' && c != '.') return false;
  }
  return true;
}

Parts split_uri(std::string_view uri) {
  Parts parts;
  const std::size_t colon = uri.find_first_of(":/?#");
  if (colon != std::string_view::npos && uri[colon] == ':' && is_scheme(uri.substr(0, colon))) {
    parts.scheme = uri.substr(0, colon);
    uri.remove_prefix(colon + 1);
  }
  if (const std::size_t mark = uri.find('?'); mark != std::string_view::npos) {
    parts.query = uri.substr(mark + 1);
    parts.has_query = true;
    uri = uri.substr(0, mark);
  }
  if (uri.starts_with("//")) {
    uri.remove_prefix(2);
    const std::size_t end = std::min(uri.find('/'), uri.size());
    parts.authority = uri.substr(0, end);
    parts.has_authority = true;
    uri.remove_prefix(end);
  }
  parts.path = uri;
  return parts;
}

// RFC 3986, section 5.2.4.
std::string remove_dot_segments(std::string_view path) {
  std::string out;
  const auto drop_last = [&out] { out.resize(out.rfind('/') == std::string::npos ? 0 : out.rfind('/')); };
  while (!path.empty()) {
    if (path.starts_with("../")) {
      path.remove_prefix(3);
    } else if (path.starts_with("./") || path.starts_with("/./")) {
      path.remove_prefix(2);
    } else if (path == "/.") {
      path = "/";
    } else if (path.starts_with("/../")) {
      path.remove_prefix(3);
      drop_last();
    } else if (path == "/..") {
      path = "/";
      drop_last();
    } else if (path == "." || path == "..") {
      path = {};
    } else {
      const std::size_t end = std::min(path.find('/', 1), path.size());
      out += path.substr(0, end);
      path.remove_prefix(end);
    }
  }
  return out;
}

std::string merge_paths(const Parts& base, std::string_view path) {
  if (base.has_authority && base.path.empty()) return "/" + std::string(path);
  const std::size_t slash = base.path.rfind('/');
  return slash == std::string_view::npos ? std::string(path)
                                         : std::string(base.path.substr(0, slash + 1)) + std::string(path);
}

}  // namespace

std::string_view without_fragment(std::string_view reference) { return reference.substr(0, reference.find('#')); }

std::optional<std::string> fragment_of(std::string_view reference) {
  const std::size_t mark = reference.find('#');
  std::string decoded;
  if (mark == std::string_view::npos) return decoded;
  const std::string_view raw = reference.substr(mark + 1);
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '%') {
      decoded += raw[i];
      continue;
    }
    if (i + 2 >= raw.size() || hex_value(raw[i + 1]) < 0 || hex_value(raw[i + 2]) < 0) return std::nullopt;
    decoded += static_cast<char>(hex_value(raw[i + 1]) * 16 + hex_value(raw[i + 2]));
    i += 2;
  }
  return decoded;
}

std::string resolve_uri(std::string_view base_text, std::string_view reference_text) {
  const Parts base = split_uri(without_fragment(base_text));
  const Parts reference = split_uri(without_fragment(reference_text));
  Parts target = reference;
  std::string path;
  if (!reference.scheme.empty()) {
    path = reference.path.starts_with('/') ? remove_dot_segments(reference.path) : std::string(reference.path);
  } else {
    target.scheme = base.scheme;
    if (reference.has_authority) {
      path = remove_dot_segments(reference.path);
    } else {
      target.authority = base.authority;
      target.has_authority = base.has_authority;
      if (reference.path.empty()) {
        path = base.path;
        if (!reference.has_query) {
          target.query = base.query;
          target.has_query = base.has_query;
        }
      } else if (reference.path.starts_with('/')) {
        path = remove_dot_segments(reference.path);
      } else {
        path = remove_dot_segments(merge_paths(base, reference.path));
      }
    }
  }
  std::string out;
  if (!target.scheme.empty()) out.append(target.scheme).append(":");
  if (target.has_authority) out.append("//").append(target.authority);
  out += path;
  if (target.has_query) out.append("?").append(target.query);
  return out;
}

}  // namespace portico::schema
