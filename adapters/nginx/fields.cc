// Header fields of answers, as the guard wants them.
#include <algorithm>

#include "base/text.h"
#include "module.h"

namespace portico::nginx {
namespace {

using Action = guard::FieldChange::Action;

bool is_live(const ngx_table_elt_t& field) { return field.hash != 0; }

template <class Use>
void for_each_field(ngx_http_request_t* r, const Use& use) {
  for (ngx_list_part_t* part = &r->headers_out.headers.part; part != nullptr; part = part->next) {
    auto* fields = static_cast<ngx_table_elt_t*>(part->elts);
    for (ngx_uint_t i = 0; i < part->nelts; ++i) {
      if (is_live(fields[i])) use(fields[i]);
    }
  }
}

// nginx keeps pointers to some fields, and acts on them whatever the list says.
void forget_pointer(ngx_http_headers_out_t& out, const ngx_table_elt_t& field) {
  for (ngx_table_elt_t** pointer : {&out.location, &out.etag, &out.last_modified, &out.refresh, &out.www_authenticate,
                                    &out.accept_ranges, &out.content_range, &out.expires, &out.date}) {
    if (*pointer == &field) *pointer = nullptr;
  }
}

// nginx writes a Server of its own where there is none; one that is not live stands for "none at all".
bool silence_server(ngx_http_request_t* r) {
  auto* field = static_cast<ngx_table_elt_t*>(ngx_list_push(&r->headers_out.headers));
  if (field == nullptr) return false;
  ngx_memzero(field, sizeof(*field));
  r->headers_out.server = field;
  return true;
}

bool apply(ngx_http_request_t* r, const guard::FieldChange& change) {
  bool there = false;
  bool kept = false;
  const auto each = [&](const auto& use) {
    for_each_field(r, [&](ngx_table_elt_t& field) {
      if (field.key.len == change.name.size() && equal_ignoring_case(view(field.key), change.name)) use(field);
    });
  };
  each([&](const ngx_table_elt_t& field) {
    there = true;
    kept = kept || (!change.unless.empty() && contains_ignoring_case(view(field.value), change.unless));
  });
  const bool replaces = change.action != Action::kAdd && change.action != Action::kAppend;
  if (kept || (there && change.action == Action::kAdd) || (!there && change.action == Action::kReplace)) return true;
  if (there && replaces) {
    each([&](ngx_table_elt_t& field) {
      field.hash = 0;
      forget_pointer(r->headers_out, field);
    });
  }
  const bool is_server = equal_ignoring_case(change.name, "server");
  if (change.action == Action::kRemove) return !is_server || silence_server(r);
  const std::string_view value = change.brief ? keep(r, change.value) : change.value;
  if (value.size() != change.value.size()) return false;
  ngx_table_elt_t* added = add_field(r, change.name, value);
  if (is_server) r->headers_out.server = added;
  return added != nullptr;
}

}  // namespace

std::string_view keep(ngx_http_request_t* r, std::string_view text) {
  auto* copy = static_cast<u_char*>(ngx_pnalloc(r->pool, text.size()));
  if (copy == nullptr) return {};
  ngx_memcpy(copy, text.data(), text.size());
  return {reinterpret_cast<const char*>(copy), text.size()};
}

ngx_table_elt_t* add_field(ngx_http_request_t* r, std::string_view name, std::string_view value) {
  auto* field = static_cast<ngx_table_elt_t*>(ngx_list_push(&r->headers_out.headers));
  if (field == nullptr) return nullptr;
  ngx_memzero(field, sizeof(*field));
  field->hash = 1;
  field->key = string_of(name);
  field->value = string_of(value);
  field->lowcase_key = field->key.data;
  return field;
}

bool change_fields(ngx_http_request_t* r, const Context& ctx) {
  const auto changes =
      ctx.guard->answer_fields(worker().guard, ctx.transaction, static_cast<std::uint16_t>(r->headers_out.status),
                               view(r->headers_out.content_type));
  return std::ranges::all_of(changes, [&](const guard::FieldChange& change) { return apply(r, change); });
}

}  // namespace portico::nginx
