// Addresses that a service must not be sent to: inner networks, metadata services, schemes that read files or speak
// other protocols. A number has many forms: 127.0.0.1 is also 2130706433, 0x7f.1, 0177.0.0.1 and ::ffff:7f00:1.
#include <array>
#include <optional>

#include "injection/attack.h"
#include "injection/words.h"

namespace portico::injection {
namespace {

constexpr Words<21> kSchemes = {"file", "gopher", "dict",   "ldap",       "ldaps",       "ldapi",  "tftp",
                                "sftp", "jar",    "netdoc", "phar",       "php",         "expect", "ogg",
                                "zip",  "glob",   "rar",    "local_file", "view-source", "smb",    "redis"};

constexpr Words<12> kNames = {"localhost",
                              "metadata.google.internal",
                              "metadata.goog",
                              "metadata",
                              "instance-data",
                              "kubernetes",
                              "kubernetes.default",
                              "kubernetes.default.svc",
                              "host.docker.internal",
                              "gateway.docker.internal",
                              "ip6-localhost",
                              "ip6-loopback"};
constexpr Words<8> kSuffixes = {".localhost",     ".internal",    ".local",    ".svc",
                                ".cluster.local", ".localdomain", ".intranet", ".corp"};
// Names of the whole Internet's that are made of any address, or that are always one's own.
constexpr Words<9> kMirrors = {".nip.io",  ".xip.io",        ".sslip.io", ".localtest.me",  ".lvh.me",
                               ".vcap.me", ".lacolhost.com", ".fbi.com",  ".rebind.network"};

bool ends_with_any(std::string_view host, const auto& suffixes) {
  return std::ranges::any_of(suffixes, [&](std::string_view suffix) {
    return (host.size() > suffix.size() && equal_ignoring_case(host.substr(host.size() - suffix.size()), suffix)) ||
           equal_ignoring_case(host, suffix.substr(1));
  });
}

// One part of an IPv4 address as inet_aton() reads it: decimal, octal or hexadecimal.
std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t base = 10;
  if (text.size() > 1 && text[0] == '0') {
    base = to_lower(text[1]) == 'x' ? 16 : 8;
    text.remove_prefix(base == 16 ? 2 : 1);
  }
  if (text.empty() || text.size() > 24) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    const int digit = hex_value(c);
    if (digit < 0 || static_cast<std::uint64_t>(digit) >= base) return std::nullopt;
    value = (value * base + static_cast<std::uint64_t>(digit)) & 0xffffffffffffU;
  }
  return value;
}

struct Ipv4 {
  std::uint32_t bits = 0;
  bool plain = true;  // four decimal parts
};

std::optional<Ipv4> ipv4(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  std::array<std::uint64_t, 4> parts{};
  std::size_t count = 0;
  bool plain = true;
  for (std::size_t at = 0; at <= host.size();) {
    const auto end = std::min(host.find('.', at), host.size());
    const auto value = number(host.substr(at, end - at));
    if (!value || count == 4) return std::nullopt;
    plain = plain && end - at <= 3 && (end - at == 1 || host[at] != '0');
    parts[count++] = *value;
    at = end + 1;
  }
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i + 1 < count; ++i) {
    // Parts beyond a byte wrap for some readers.
    bits |= (parts[i] & 0xff) << (24 - 8 * i);
  }
  bits |= parts[count - 1] & (0xffffffffU >> (8 * (count - 1)));
  return Ipv4{static_cast<std::uint32_t>(bits), plain && count == 4};
}

bool is_internal(std::uint32_t bits) {
  const auto in = [&](std::uint32_t network, int length) { return (bits ^ network) >> (32 - length) == 0; };
  return in(0x7f000000, 8) || in(0x0a000000, 8) || in(0xac100000, 12) || in(0xc0a80000, 16) || in(0xa9fe0000, 16) ||
         in(0x64400000, 10) || in(0x00000000, 8) || in(0xc6120000, 15) || in(0xe0000000, 4) || bits == 0xffffffff ||
         bits == 0x6464c8 || bits == 0x646464c8;  // 100.100.100.200 is within 100.64/10
}

// Without brackets and zone.
bool is_internal_ipv6(std::string_view host) {
  host = host.substr(0, host.find('%'));
  if (host == "::" || host == "::1") return true;
  const auto last = host.rfind(':');
  if (last == std::string_view::npos) return false;
  // Groups from both ends of "::".
  std::array<std::uint32_t, 8> groups{};
  std::size_t count = 0;
  std::optional<std::size_t> gap;
  for (std::size_t at = 0; at < host.size() && count < 8;) {
    if (host[at] == ':') {
      ++at;
      if (at < host.size() && host[at] == ':') {
        gap = count;
        ++at;
      }
      continue;
    }
    const auto end = std::min(host.find(':', at), host.size());
    const std::string_view part = host.substr(at, end - at);
    if (part.find('.') != std::string_view::npos) {
      const auto embedded = ipv4(part);
      if (!embedded || count > 6) return false;
      groups[count++] = embedded->bits >> 16;
      groups[count++] = embedded->bits & 0xffff;
    } else {
      std::uint32_t value = 0;
      for (const char c : part) {
        if (hex_value(c) < 0) return false;
        value = (value * 16 + static_cast<std::uint32_t>(hex_value(c))) & 0xffff;
      }
      groups[count++] = value;
    }
    at = end;
  }
  if (gap) {
    std::array<std::uint32_t, 8> spread{};
    for (std::size_t i = 0; i < *gap; ++i) spread[i] = groups[i];
    for (std::size_t i = *gap; i < count; ++i) spread[8 - count + i] = groups[i];
    groups = spread;
  }
  const std::uint32_t low = (groups[6] << 16) | groups[7];
  const bool zeros = groups[0] == 0 && groups[1] == 0 && groups[2] == 0 && groups[3] == 0;
  if (zeros && groups[4] == 0 && (groups[5] == 0xffff || groups[5] == 0)) return low <= 1 || is_internal(low);
  if (groups[0] == 0x64 && groups[1] == 0xff9b) return is_internal(low);       // NAT64
  if (groups[0] == 0x2002) return is_internal((groups[1] << 16) | groups[2]);  // 6to4
  return (groups[0] & 0xfe00) == 0xfc00 || (groups[0] & 0xffc0) == 0xfe80 || (groups[0] & 0xff00) == 0xff00;
}

bool is_internal_host(std::string_view host) {
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    return is_internal_ipv6(host.substr(1, end == std::string_view::npos ? end : end - 1));
  }
  while (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty()) return false;
  if (const auto address = ipv4(host)) {
    // A single small number is a relative name, not an address.
    const bool odd = !address->plain;
    return is_internal(address->bits) || (odd && host.size() > 4 && host.find('.') == std::string_view::npos);
  }
  return is_among(kNames, host) || ends_with_any(host, kSuffixes) || ends_with_any(host, kMirrors);
}

// The host of what stands behind "//"; the one that the most careless reader takes.
std::string_view host_of(std::string_view authority) {
  const auto end = std::min(authority.find_first_of("/?#"), authority.size());
  std::string_view host = authority.substr(0, end);
  if (const auto at = host.rfind('@'); at != std::string_view::npos) host = host.substr(at + 1);
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool is_bare_metadata(std::string_view host) {
  return host == "169.254.169.254" || host == "100.100.100.200" ||
         equal_ignoring_case(host, "metadata.google.internal");
}

}  // namespace

Verdict look_for_ssrf(std::string_view text) {
  const auto found = [](std::string_view reason) { return Verdict{Attack::kSsrf, reason}; };
  std::string_view url = trimmed(text);
  // What people write around an address.
  while (!url.empty() && (url.front() == '<' || url.front() == '"' || url.front() == '\'')) url.remove_prefix(1);
  while (!url.empty() && (url.back() == '>' || url.back() == '"' || url.back() == '\'')) url.remove_suffix(1);
  if (url.size() < 3 || url.find_first_of(" \t\r\n") != std::string_view::npos) return {};
  if (starts_with_ignoring_case(url, "url:")) url.remove_prefix(4);
  std::size_t scheme_end = 0;
  while (scheme_end < url.size() && (is_alnum(url[scheme_end]) || url[scheme_end] == '+' || url[scheme_end] == '-' ||
                                     url[scheme_end] == '.' || url[scheme_end] == '_')) {
    ++scheme_end;
  }
  std::string_view rest;
  if (scheme_end > 1 && scheme_end + 1 < url.size() && url[scheme_end] == ':' && is_alpha(url[0])) {
    const std::string_view scheme = url.substr(0, scheme_end);
    rest = url.substr(scheme_end + 1);
    const bool slashes = rest.starts_with("//") || rest.starts_with("/") || rest.starts_with("\\\\");
    if (is_among(kSchemes, scheme) &&
        (slashes || equal_ignoring_case(scheme, "jar") || equal_ignoring_case(scheme, "netdoc"))) {
      return found("a scheme that reads files or speaks other protocols");
    }
    const bool web = equal_ignoring_case(scheme, "http") || equal_ignoring_case(scheme, "https") ||
                     equal_ignoring_case(scheme, "ftp") || equal_ignoring_case(scheme, "ws") ||
                     equal_ignoring_case(scheme, "wss");
    if (!web) {
      // "169.254.169.254:80/x" begins like a scheme only where digits do not.
      return {};
    }
  } else if (url.starts_with("//") || url.starts_with("\\\\")) {
    rest = url;
  } else {
    const std::string_view host = host_of(url);
    return is_bare_metadata(host) ? found("the host of a metadata service") : Verdict{};
  }
  while (!rest.empty() && (rest.front() == '/' || rest.front() == '\\')) rest.remove_prefix(1);
  if (is_internal_host(host_of(rest))) return found("the address of an inner network");
  // "http://a.example\@10.0.0.1/" and "http://a.example#@10.0.0.1/": readers differ on where the host ends.
  const auto odd = rest.find_first_of("\\#");
  const auto at = rest.rfind('@');
  if (odd != std::string_view::npos && at != std::string_view::npos && odd < at &&
      is_internal_host(host_of(rest.substr(at + 1)))) {
    return found("an address with two hosts");
  }
  const auto first = rest.find('@');
  if (first != std::string_view::npos && rest.find('/') > first) {
    const std::string_view before = rest.substr(0, first);
    if (is_internal_host(before.substr(0, before.find(':'))) && before.find('.') != std::string_view::npos) {
      return found("an address with two hosts");
    }
  }
  return {};
}

}  // namespace portico::injection
