#include "serve/fetch.h"

#include <curl/curl.h>

#include <memory>
#include <mutex>
#include <string_view>

#include "address/ip.h"
#include "base/text.h"
#include "base/uri.h"

namespace portico::serve {
namespace {

struct Exchange {
  Fetched fetched;
  std::size_t limit = 0;
  bool too_large = false;
  const std::stop_token* stop = nullptr;
};

using Handle = std::unique_ptr<CURL, decltype(&::curl_easy_cleanup)>;
using Fields = std::unique_ptr<curl_slist, decltype(&::curl_slist_free_all)>;

std::size_t take_body(char* data, std::size_t, std::size_t size, void* to) {
  auto& exchange = *static_cast<Exchange*>(to);
  if (exchange.fetched.body.size() + size > exchange.limit) {
    exchange.too_large = true;
    return 0;
  }
  exchange.fetched.body.append(data, size);
  return size;
}

void read_cache_control(std::string_view value, Fetched& fetched) {
  for (const auto part : split(value, ',')) {
    const std::string_view directive = trim(part);
    constexpr std::string_view kMaxAge = "max-age=";
    if (equal_ignoring_case(directive, "no-store") || equal_ignoring_case(directive, "no-cache")) {
      fetched.fresh_s = 0;
      return;
    }
    if (!equal_ignoring_case(directive.substr(0, kMaxAge.size()), kMaxAge)) continue;
    const auto seconds = parse_uint(directive.substr(kMaxAge.size()));
    if (seconds && *seconds < UINT64_C(1) << 31) fetched.fresh_s = static_cast<std::int64_t>(*seconds);
  }
}

std::size_t take_field(char* data, std::size_t, std::size_t size, void* to) {
  auto& fetched = static_cast<Exchange*>(to)->fetched;
  const std::string_view line(data, size);
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  std::string_view value = line.substr(colon + 1);
  while (value.ends_with('\n') || value.ends_with('\r')) value.remove_suffix(1);
  value = trim(value);
  const std::string_view name = line.substr(0, colon);
  if (equal_ignoring_case(name, "cache-control")) read_cache_control(value, fetched);
  if (equal_ignoring_case(name, "etag") && value.size() <= 200) fetched.entity_tag = value;
  return size;
}

int asked_to_stop(void* exchange, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Exchange*>(exchange)->stop->stop_requested() ? 1 : 0;
}

std::string shown(const std::string& url) { return printable(url.substr(0, url.find_first_of("?#")), 200); }

}  // namespace

Result<void> check_source(const std::string& url) {
  const Uri uri = split_uri(url);
  const std::string scheme = lower(uri.scheme.value_or(""));
  const std::string_view authority = uri.authority.value_or("");
  if (authority.empty() || authority.find('@') != std::string_view::npos) {
    return failure(ErrorCode::kInvalidArgument, "\"" + shown(url) + "\" is no URL of a server");
  }
  if (scheme == "https") return {};
  std::string_view host = authority;
  if (host.starts_with('[')) {
    host = host.substr(1, host.find(']') - 1);
  } else {
    host = host.substr(0, host.find(':'));
  }
  const auto ip = address::parse_ip(host);
  const bool is_loopback =
      equal_ignoring_case(host, "localhost") ||
      (ip && (address::contains(*address::parse_network("127.0.0.0/8"), *ip) || *ip == *address::parse_ip("::1")));
  if (scheme == "http" && is_loopback) return {};
  return failure(ErrorCode::kForbidden, "\"" + shown(url) + "\" is not https", {},
                 "Whoever sits between could put in keys of his own.");
}

Result<Fetched> fetch(const std::string& url, const std::string& entity_tag, const FetchLimits& limits,
                      const std::stop_token& stop) {
  static std::once_flag once;
  std::call_once(once, [] { ::curl_global_init(CURL_GLOBAL_DEFAULT); });
  PORTICO_CHECK_OK(check_source(url));
  const Handle handle(::curl_easy_init(), &::curl_easy_cleanup);
  if (handle == nullptr) return failure(ErrorCode::kLimit, "out of memory");
  Exchange exchange{.limit = limits.max_bytes, .stop = &stop};
  CURL* curl = handle.get();
  ::curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  ::curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
  ::curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  ::curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  ::curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  ::curl_easy_setopt(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  if (!limits.authorities.empty()) ::curl_easy_setopt(curl, CURLOPT_CAINFO, limits.authorities.c_str());
  ::curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect_ms));
  ::curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(limits.total_ms));
  ::curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  ::curl_easy_setopt(curl, CURLOPT_USERAGENT, "portico");
  ::curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  ::curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
  ::curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_field);
  ::curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
  ::curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  ::curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, asked_to_stop);
  ::curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &exchange);
  Fields fields(::curl_slist_append(nullptr, "Accept: application/jwk-set+json, application/json"),
                &::curl_slist_free_all);
  if (!entity_tag.empty()) {
    const std::string condition = "If-None-Match: " + entity_tag;
    curl_slist* longer = ::curl_slist_append(fields.get(), condition.c_str());
    if (longer == nullptr) return failure(ErrorCode::kLimit, "out of memory");
  }
  ::curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields.get());
  const CURLcode code = ::curl_easy_perform(curl);
  const auto failed = [&](const std::string& why) {
    return failure(ErrorCode::kIo, "cannot fetch " + shown(url) + ": " + why);
  };
  if (exchange.too_large) return failed("it is larger than " + std::to_string(limits.max_bytes) + " bytes");
  if (code != CURLE_OK) return failed(::curl_easy_strerror(code));
  long status = 0;
  ::curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  exchange.fetched.unchanged = status == 304 && !entity_tag.empty();
  if (status != 200 && !exchange.fetched.unchanged) return failed("the server answers " + std::to_string(status));
  return std::move(exchange.fetched);
}

}  // namespace portico::serve
