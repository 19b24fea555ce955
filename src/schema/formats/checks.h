// One function a format. All take valid UTF-8, allocate nothing unless noted, and are linear in the text.
#pragma once

#include <string_view>

namespace portico::schema {

// times.cc: RFC 3339, with the durations of its appendix A; HTTP's dates (RFC 9110, section 5.6.7).
bool is_date(std::string_view text);
bool is_time(std::string_view text);
bool is_date_time(std::string_view text);
bool is_duration(std::string_view text);
bool is_http_date(std::string_view text);
bool is_time_local(std::string_view text);
bool is_date_time_local(std::string_view text);

// hosts.cc: RFC 1123 and 5890 to 5893, RFC 2673 (IPv4), RFC 4291 (IPv6); idn.cc: IDNA 2008.
bool is_ipv4(std::string_view text);
bool is_ipv6(std::string_view text);
bool is_hostname(std::string_view text);
bool is_rfc1123_hostname(std::string_view text);  // of older drafts: any hyphens inside, A-labels unseen
bool is_idn_hostname(std::string_view text);
bool is_a_label(std::string_view label);  // behind "xn--"; allocates, as do those below
// The size of a label's ASCII form, "xn--" included; 0 when it is not a valid label.
std::size_t u_label_size(std::string_view label);
// RFC 5893: in a name with right-to-left labels, every label must fit the rule.
bool is_right_to_left_label(std::string_view label);
bool fits_bidi_rule(std::string_view label);

// mail.cc: RFC 5321 and 6531.
bool is_email(std::string_view text);
bool is_idn_email(std::string_view text);

// uris.cc: RFC 3986 and 3987; RFC 6570.
bool is_uri(std::string_view text);
bool is_uri_reference(std::string_view text);
bool is_iri(std::string_view text);
bool is_iri_reference(std::string_view text);
bool is_uri_template(std::string_view text);

// texts.cc: RFC 6901, RFC 4122, RFC 4648, RFC 9651, RFC 9110, ...
bool is_json_pointer(std::string_view text);
bool is_relative_json_pointer(std::string_view text);
bool is_uuid(std::string_view text);
bool is_base64(std::string_view text);
bool is_base64url(std::string_view text);
bool is_one_character(std::string_view text);
bool is_media_range(std::string_view text);
bool is_sf_binary(std::string_view text);
bool is_sf_boolean(std::string_view text);
bool is_sf_integer(std::string_view text);
bool is_sf_decimal(std::string_view text);
bool is_sf_string(std::string_view text);
bool is_sf_token(std::string_view text);
bool is_decimal_text(std::string_view text);
bool is_int64_text(std::string_view text);
bool is_uint64_text(std::string_view text);

}  // namespace portico::schema
