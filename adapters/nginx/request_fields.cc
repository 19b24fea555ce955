// Fields of the request that the service gets otherwise than the client sent them: those that tell who calls are the
// guard's alone.
#include <algorithm>

#include "base/text.h"
#include "module.h"

namespace portico::nginx {
namespace {

bool is_named(std::span<const std::string> names, const ngx_table_elt_t& field) {
  return std::ranges::any_of(names,
                             [&](const std::string& name) { return equal_ignoring_case(name, view(field.key)); });
}

// Takes element `i` out of a list part. Other elements stay where they are, as nginx points to them (headers_in.host,
// ...): a part is cut in two. False: memory is out.
bool take_out(ngx_http_request_t* r, ngx_list_part_t& part, ngx_uint_t i) {
  auto* fields = static_cast<ngx_table_elt_t*>(part.elts);
  if (i == 0) {
    part.elts = fields + 1;
    --part.nelts;
    return true;
  }
  if (i + 1 < part.nelts) {
    auto* rest = static_cast<ngx_list_part_t*>(ngx_palloc(r->pool, sizeof(ngx_list_part_t)));
    if (rest == nullptr) return false;
    *rest = {fields + i + 1, part.nelts - i - 1, part.next};
    part.next = rest;
  }
  part.nelts = i;
  return true;
}

// nginx does not expect empty parts. What is pushed later goes into a part of its own, so that it overwrites nothing.
bool tidy(ngx_http_request_t* r, ngx_list_t& list, std::size_t room) {
  while (list.part.nelts == 0 && list.part.next != nullptr) list.part = *list.part.next;
  ngx_list_part_t* part = &list.part;
  while (part->next != nullptr) {
    if (part->next->nelts == 0) {
      part->next = part->next->next;
    } else {
      part = part->next;
    }
  }
  list.last = part;
  list.nalloc = part->nelts;
  if (part->nelts != 0) return true;
  part->elts = ngx_palloc(r->pool, room * sizeof(ngx_table_elt_t));
  list.nalloc = room;
  return part->elts != nullptr;
}

bool tell(ngx_http_request_t* r, std::string_view name, std::string_view value) {
  auto* field = static_cast<ngx_table_elt_t*>(ngx_list_push(&r->headers_in.headers));
  auto* copy = static_cast<u_char*>(ngx_pnalloc(r->pool, value.size()));
  if (field == nullptr || copy == nullptr) return false;
  ngx_memcpy(copy, value.data(), value.size());
  ngx_memzero(field, sizeof(*field));
  field->key = string_of(name);
  field->lowcase_key = field->key.data;
  field->hash = ngx_hash_key(field->key.data, field->key.len);
  field->value = {value.size(), copy};
  return true;
}

}  // namespace

bool take_fields(ngx_http_request_t* r, std::span<const std::string> names) {
  ngx_list_t& list = r->headers_in.headers;
  bool taken = false;
  for (ngx_list_part_t* part = &list.part; part != nullptr; part = part->next) {
    for (ngx_uint_t i = 0; i < part->nelts;) {
      if (!is_named(names, static_cast<const ngx_table_elt_t*>(part->elts)[i])) {
        ++i;
        continue;
      }
      if (!take_out(r, *part, i)) return false;
      taken = true;
    }
  }
  return !taken || tidy(r, list, names.size());
}

bool tell_caller(ngx_http_request_t* r, const Context& ctx) {
  const std::span<const std::string> names = ctx.guard->caller_fields();
  if (names.empty()) return true;
  if (!take_fields(r, names)) return false;
  static std::string value;
  for (std::size_t i = 0; i < names.size(); ++i) {
    value.clear();
    if (!ctx.guard->append_caller_field(value, ctx.transaction, i)) continue;
    if (!tell(r, names[i], value)) return false;
  }
  return true;
}

}  // namespace portico::nginx
