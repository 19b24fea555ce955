// What the service gets in place of what came, where the guard opened ids in it.
#include "module.h"

#include <algorithm>

namespace portico::nginx {
namespace {

bool take_target(ngx_http_request_t* r, std::string_view target) {
  const std::string_view copy = keep(r, target);
  const std::size_t end = std::min(copy.find('?'), copy.size());
  const std::string_view path = keep(r, copy.substr(0, end));
  if (copy.size() != target.size() || path.size() != end) return false;
  // The first is what is forwarded, the others are what nginx's variables show.
  r->unparsed_uri = string_of(copy);
  r->valid_unparsed_uri = 1;
  r->args = string_of(copy.substr(std::min(end + 1, copy.size())));
  r->uri = string_of(path);
  u_char* from = r->uri.data;
  u_char* to = r->uri.data;
  ngx_unescape_uri(&to, &from, r->uri.len, 0);
  r->uri.len = static_cast<std::size_t>(to - r->uri.data);
  return true;
}

// nginx's own pointers to fields stay good: values change where they are.
bool take_values(ngx_http_request_t* r, std::span<const guard::HeaderField> headers) {
  std::size_t index = 0;
  for (ngx_list_part_t* part = &r->headers_in.headers.part; part != nullptr; part = part->next) {
    auto* fields = static_cast<ngx_table_elt_t*>(part->elts);
    for (ngx_uint_t i = 0; i < part->nelts && index < headers.size(); ++i, ++index) {
      const std::string_view value = headers[index].value;
      if (value.data() == view(fields[i].value).data()) continue;
      const std::string_view copy = keep(r, value);
      if (copy.size() != value.size()) return false;
      fields[i].value = string_of(copy);
    }
  }
  return true;
}

}  // namespace

bool take_forwarded_head(ngx_http_request_t* r, const guard::ForwardedHead& head) {
  if (!head.changed) return true;
  return take_target(r, head.target) && take_values(r, head.headers);
}

}  // namespace portico::nginx
