#include "base/uri.h"

#include "base/text.h"

namespace portico {
namespace {

bool is_scheme(std::string_view text) {
  if (text.empty() || !is_alpha(text.front())) return false;
  for (const char c : text) {
    if (!is_alnum(c) && c != '+' && c != '-' && c != '.') return false;
  }
  return true;
}

// RFC 3986, section 5.2.3.
std::string merge_paths(const Uri& base, std::string_view path) {
  if (base.authority && base.path.empty()) return '/' + std::string(path);
  const auto slash = base.path.rfind('/');
  if (slash == std::string_view::npos) return std::string(path);
  return std::string(base.path.substr(0, slash + 1)) + std::string(path);
}

std::string compose(const Uri& uri) {
  std::string out;
  if (uri.scheme) out.append(*uri.scheme) += ':';
  if (uri.authority) (out += "//").append(*uri.authority);
  out.append(uri.path);
  if (uri.query) (out += '?').append(*uri.query);
  if (uri.fragment) (out += '#').append(*uri.fragment);
  return out;
}

}  // namespace

Uri split_uri(std::string_view reference) {
  Uri uri;
  if (const auto hash = reference.find('#'); hash != std::string_view::npos) {
    uri.fragment = reference.substr(hash + 1);
    reference = reference.substr(0, hash);
  }
  if (const auto question = reference.find('?'); question != std::string_view::npos) {
    uri.query = reference.substr(question + 1);
    reference = reference.substr(0, question);
  }
  const auto colon = reference.find(':');
  if (colon != std::string_view::npos && is_scheme(reference.substr(0, colon))) {
    uri.scheme = reference.substr(0, colon);
    reference.remove_prefix(colon + 1);
  }
  if (reference.starts_with("//")) {
    const auto end = std::min(reference.find('/', 2), reference.size());
    uri.authority = reference.substr(2, end - 2);
    reference.remove_prefix(end);
  }
  uri.path = reference;
  return uri;
}

std::string resolve_uri(std::string_view base_text, std::string_view reference) {
  const Uri base = split_uri(base_text);
  const Uri given = split_uri(reference);
  Uri target = given;
  std::string path;
  if (given.scheme || given.authority) {
    path = remove_dot_segments(given.path);
  } else if (given.path.empty()) {
    path = base.path;
    if (!given.query) target.query = base.query;
  } else {
    path = remove_dot_segments(given.path.starts_with('/') ? std::string(given.path) : merge_paths(base, given.path));
  }
  if (!given.scheme) {
    target.scheme = base.scheme;
    if (!given.authority) target.authority = base.authority;
  }
  target.path = path;
  return compose(target);
}

std::string_view without_fragment(std::string_view uri) { return uri.substr(0, uri.find('#')); }

std::string remove_dot_segments(std::string_view path) {
  std::string out;
  const auto drop_last = [&] { out.resize(out.find_last_of('/') == std::string::npos ? 0 : out.find_last_of('/')); };
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
      const auto next = std::min(path.find('/', 1), path.size());
      out.append(path.substr(0, next));
      path.remove_prefix(next);
    }
  }
  return out;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

std::string percent_encode_path(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kAllowed = "-._~!$&'()*+,;=:@/";  // RFC 3986: pchar and '/'
  std::string out;
  for (const char c : text) {
    if (is_alnum(c) || kAllowed.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

std::string file_uri(std::string_view absolute_path) { return "file://" + percent_encode_path(absolute_path); }

std::optional<std::string> file_path(std::string_view text) {
  const Uri uri = split_uri(text);
  if (!uri.scheme || !equal_ignoring_case(*uri.scheme, "file") || !uri.path.starts_with('/')) return std::nullopt;
  if (uri.authority && !uri.authority->empty() && !equal_ignoring_case(*uri.authority, "localhost")) {
    return std::nullopt;
  }
  auto path = percent_decode(uri.path);
  if (path && path->find('\0') != std::string::npos) return std::nullopt;
  return path;
}

}  // namespace portico
