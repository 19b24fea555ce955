#include "guard/seals.h"

#include <algorithm>

#include "base/text.h"
#include "base/uri.h"
#include "guard/plan.h"
#include "http/target.h"
#include "identity/digest.h"
#include "json/writer.h"

namespace portico::guard {
namespace {

constexpr std::size_t kMostSealers = 16;
constexpr std::size_t kMostCookies = 256;

bool is_unreserved(char c) { return is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~'; }

void append_percent_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    (out += '%') += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
}

// What can stand in a header field, a cookie or a part of a form without ending it.
bool is_plain_text(std::string_view text) {
  constexpr std::string_view kEnds = ",;\"\\";
  return std::ranges::all_of(text, [&](char c) { return c > ' ' && c < '\x7f' && kEnds.find(c) == kEnds.npos; });
}

seal::Sealer& sealer_of(SealScratch& scratch, const std::shared_ptr<const SealTable>& table) {
  for (auto& [owner, sealer] : scratch.sealers) {
    if (owner == table) return sealer;
  }
  if (scratch.sealers.size() == kMostSealers) scratch.sealers.erase(scratch.sealers.begin());
  return scratch.sealers.emplace_back(table, seal::Sealer(table->keys)).second;
}

// A name and a value, so that no two lists of them are the same text.
void append_pair(std::string& out, std::string_view name, std::string_view value) {
  out += std::to_string(name.size()) + ':';
  out += name;
  out += std::to_string(value.size()) + ':';
  out += value;
}

void append_presented(std::string& out, std::span<const HeaderField> headers, std::span<const Pair> query,
                      std::span<const Pair> cookies, std::span<const contract::SecurityScheme> schemes) {
  const auto append_field = [&](std::string_view name) {
    for (const HeaderField& field : headers) {
      if (equal_ignoring_case(field.name, name)) append_pair(out, "header", field.value);
    }
  };
  const auto append_named = [&](std::string_view kind, std::string_view name, std::span<const Pair> pairs) {
    for (const Pair& pair : pairs) {
      if (pair.name == name) append_pair(out, kind, pair.raw_value);
    }
  };
  append_field("authorization");
  for (const contract::SecurityScheme& scheme : schemes) {
    if (scheme.type != contract::SchemeType::kApiKey) continue;
    switch (scheme.in) {
      case contract::ParameterIn::kQuery: append_named("query", scheme.parameter, query); break;
      case contract::ParameterIn::kCookie: append_named("cookie", scheme.parameter, cookies); break;
      default:
        if (!equal_ignoring_case(scheme.parameter, "authorization")) append_field(scheme.parameter);
        break;
    }
  }
}

std::string_view first_method(std::string_view allowed) { return trim(allowed.substr(0, allowed.find(','))); }

}  // namespace

void set_holder(SealScratch& scratch, Transaction& transaction, bool asks_credentials,
                std::span<const HeaderField> headers, std::span<const Pair> query, std::span<const Pair> cookies,
                std::span<const contract::SecurityScheme> schemes) {
  std::string& text = scratch.holder;
  text.clear();
  if (const identity::Identity* caller = transaction.identity; caller != nullptr) {
    const bool named = !caller->subject.empty();
    append_pair(text, named ? caller->issuer : std::string_view(),
                named ? caller->subject : identity::as_text(caller->digest));
    transaction.id_holder = identity::sha256(named ? "subject " : "credential ", text);
    transaction.has_id_holder = true;
    return;
  }
  if (asks_credentials) append_presented(text, headers, query, cookies, schemes);
  transaction.has_id_holder = !text.empty();
  if (transaction.has_id_holder) transaction.id_holder = identity::sha256("presented ", text);
}

bool note_fields(Transaction& transaction, const SealPlan& plan, std::span<const HeaderField> headers) {
  using Kind = SealedField::Kind;
  transaction.sealed_field_count = 0;
  bool room = true;
  const auto note = [&](Kind kind, SealedTypeId type, const HeaderField& field) {
    room = room && transaction.sealed_field_count < Transaction::kMostSealedFields;
    if (!room) return;
    transaction.sealed_fields[transaction.sealed_field_count++] = {kind, type, field.name, field.value};
  };
  for (const HeaderField& field : headers) {
    if (equal_ignoring_case(field.name, "location")) {
      note(Kind::kLocation, 0, field);
    } else if (equal_ignoring_case(field.name, "content-location")) {
      note(Kind::kContentLocation, 0, field);
    } else if (equal_ignoring_case(field.name, "link")) {
      note(Kind::kLink, 0, field);
    } else {
      const auto named = std::ranges::find_if(
          plan.names, [&](const auto& entry) { return equal_ignoring_case(entry.first, field.name); });
      if (named != plan.names.end()) note(Kind::kId, named->second, field);
    }
  }
  return room;
}

// What is done to the values of a JSON document.
class Seals::Replacer : public repair::Replacer {
 public:
  Replacer(Seals& seals, bool sealing, bool strict) : seals_(seals), sealing_(sealing), strict_(strict) {}

  Answer replace(SealedTypeId type, std::string_view value, bool is_number, std::string& out) override {
    if (type == kSealedLink) return is_number ? Answer::kKeep : link(value, out);
    std::string& text = seals_.scratch_.sealed;
    if (sealing_) {
      text.clear();
      if (!seals_.seal(type, {.text = value, .is_number = is_number}, text)) return Answer::kImpossible;
      ((out += '"') += text) += '"';
      return Answer::kReplaced;
    }
    seal::Id id;
    if (is_number || !seals_.open(type, value, id)) return plain();
    if (id.is_number) {
      out += id.text;
    } else {
      json::append_string(out, id.text);
    }
    return Answer::kReplaced;
  }

 private:
  Answer plain() {
    if (strict_) return Answer::kImpossible;
    seals_.met_plain_ = true;
    return Answer::kKeep;
  }

  Answer link(std::string_view value, std::string& out) {
    std::string& text = seals_.scratch_.target;
    text.clear();
    switch (seals_.link(value, sealing_, text)) {
      case Answer::kKeep: return Answer::kKeep;
      case Answer::kImpossible: return sealing_ ? Answer::kImpossible : plain();
      case Answer::kReplaced: break;
    }
    json::append_string(out, text);
    return Answer::kReplaced;
  }

  Seals& seals_;
  bool sealing_;
  bool strict_;
};

Seals::Seals(SealScratch& scratch, const SealPlan& plan, const SealRoutes& routes, const Transaction& transaction)
    : scratch_(scratch),
      plan_(plan),
      routes_(routes),
      transaction_(transaction),
      sealer_(sealer_of(scratch, plan.table)) {}

bool Seals::seal(SealedTypeId type, const seal::Id& id, std::string& out) {
  const std::string_view holder(reinterpret_cast<const char*>(transaction_.id_holder.data()),
                                transaction_.has_id_holder ? transaction_.id_holder.size() : 0);
  return sealer_.seal({.api = plan_.table->api, .type = plan_.table->types[type], .subject = holder}, id, out);
}

// What anybody may see anybody may use: what was sealed to nobody opens for everybody.
bool Seals::open(SealedTypeId type, std::string_view sealed, seal::Id& id) {
  seal::Scope scope{.api = plan_.table->api, .type = plan_.table->types[type], .subject = {}};
  if (transaction_.has_id_holder) {
    scope.subject = {reinterpret_cast<const char*>(transaction_.id_holder.data()), transaction_.id_holder.size()};
    if (sealer_.open(scope, sealed, id)) return true;
    scope.subject = {};
  }
  return sealer_.open(scope, sealed, id);
}

// Appends the opened id to `values`. False: it does not open, or cannot stand there.
bool Seals::open_part(SealedTypeId type, std::string_view raw, bool escaped) {
  std::string_view sealed = raw;
  if (escaped && raw.find('%') != std::string_view::npos) {
    scratch_.decoded.clear();
    if (!http::append_percent_decoded(scratch_.decoded, raw)) return false;
    sealed = scratch_.decoded;
  }
  seal::Id id;
  if (!open(type, sealed, id)) return false;
  if (!escaped) {
    if (!is_plain_text(id.text)) return false;
    scratch_.values += id.text;
    return true;
  }
  append_percent_encoded(scratch_.values, id.text);
  return true;
}

bool Seals::open_value(const SealedParameter& parameter, std::string_view raw, bool escaped) {
  if (!parameter.list) return open_part(parameter.type, raw, escaped);
  for (std::string_view rest = raw;;) {
    const auto comma = rest.find(',');
    if (!open_part(parameter.type, trim(rest.substr(0, comma)), escaped)) return false;
    if (comma == std::string_view::npos) return true;
    scratch_.values += ',';
    rest.remove_prefix(comma + 1);
  }
}

bool Seals::add_edit(const SealedParameter& parameter, std::string_view raw, bool escaped, bool strict) {
  const std::size_t begin = scratch_.values.size();
  if (open_value(parameter, raw, escaped)) {
    scratch_.edits.push_back({.part = raw, .begin = begin, .size = scratch_.values.size() - begin});
    return true;
  }
  scratch_.values.resize(begin);
  met_plain_ = true;
  return !strict;
}

void Seals::apply(std::string_view text, std::string& out) {
  std::ranges::sort(scratch_.edits, {}, [](const SealScratch::Edit& edit) { return edit.part.data(); });
  const char* copied = text.data();
  for (const SealScratch::Edit& edit : scratch_.edits) {
    out.append(copied, edit.part.data());
    out.append(scratch_.values, edit.begin, edit.size);
    copied = edit.part.data() + edit.part.size();
  }
  out.append(copied, text.data() + text.size());
}

Seals::Opened Seals::open_head(RequestHead& head, std::span<const contract::PathArgument> arguments,
                               std::span<const Pair> query, bool strict, std::string& place) {
  const auto start = [&] {
    scratch_.edits.clear();
    scratch_.values.clear();
  };
  const auto edit = [&](std::string_view where, const SealedParameter& parameter, std::string_view raw, bool escaped) {
    if (add_edit(parameter, raw, escaped, strict)) return true;
    ((place = where) += '/') += parameter.name;
    return false;
  };
  start();
  for (const SealedParameter& parameter : plan_.path) {
    for (const contract::PathArgument& argument : arguments) {
      if (*argument.name == parameter.name && !edit("path", parameter, argument.value, true)) return Opened::kRefused;
    }
  }
  for (const SealedParameter& parameter : plan_.query) {
    for (const Pair& pair : query) {
      if (pair.name == parameter.name && !edit("query", parameter, pair.raw_value, true)) return Opened::kRefused;
    }
  }
  bool changed = !scratch_.edits.empty();
  scratch_.target.clear();
  apply(head.target, scratch_.target);
  if (plan_.header.empty() && plan_.cookie.empty()) {
    if (!changed) return Opened::kAsItWas;
    head.target = scratch_.target;
    return Opened::kChanged;
  }
  if (scratch_.header_values.size() < head.headers.size()) scratch_.header_values.resize(head.headers.size());
  scratch_.headers.assign(head.headers.begin(), head.headers.end());
  for (std::size_t i = 0; i < head.headers.size(); ++i) {
    const HeaderField& field = head.headers[i];
    start();
    for (const SealedParameter& parameter : plan_.header) {
      if (equal_ignoring_case(parameter.name, field.name) && !edit("header", parameter, field.value, false)) {
        return Opened::kRefused;
      }
    }
    if (!plan_.cookie.empty() && equal_ignoring_case(field.name, "cookie") &&
        split_cookies(field.value, kMostCookies, scratch_.pairs)) {
      for (const SealedParameter& parameter : plan_.cookie) {
        for (const Pair& pair : pairs_named(scratch_.pairs, parameter.name)) {
          if (!edit("cookie", parameter, pair.raw_value, !parameter.plain)) return Opened::kRefused;
        }
      }
    }
    if (scratch_.edits.empty()) continue;
    scratch_.header_values[i].clear();
    apply(field.value, scratch_.header_values[i]);
    scratch_.headers[i].value = scratch_.header_values[i];
    changed = true;
  }
  if (!changed) return Opened::kAsItWas;
  head.target = scratch_.target;
  head.headers = scratch_.headers;
  return Opened::kChanged;
}

Seals::Opened Seals::open_json(const repair::Plan& plan, const repair::Document& document, schema::Validator& validator,
                               bool strict, std::string_view& out) {
  Replacer replacer(*this, false, strict);
  switch (scratch_.repairer.repair(plan, scratch_.any_place, schema::kAnyPlace, document, {}, validator, scratch_.body,
                                   scratch_.counts, &replacer)) {
    case repair::Outcome::kUnchanged: return Opened::kAsItWas;
    case repair::Outcome::kRepaired: out = scratch_.body; return Opened::kChanged;
    case repair::Outcome::kImpossible:
    case repair::Outcome::kTooComplex: break;
  }
  return Opened::kRefused;
}

Seals::Opened Seals::open_form(std::string_view body, std::span<const Pair> fields, bool escaped, bool strict,
                               std::string_view& out) {
  scratch_.edits.clear();
  scratch_.values.clear();
  for (const Pair& field : fields) {
    const auto named = plan_.names.find(field.name);
    if (named == plan_.names.end() || field.is_file) continue;
    const SealedParameter parameter{.name = field.name, .type = named->second, .list = true};
    if (!add_edit(parameter, field.raw_value, escaped, strict)) return Opened::kRefused;
  }
  if (scratch_.edits.empty()) return Opened::kAsItWas;
  scratch_.body.clear();
  apply(body, scratch_.body);
  out = scratch_.body;
  return Opened::kChanged;
}

bool Seals::seal_json(const repair::Plan& plan, const repair::Document& document, schema::Validator& validator,
                      std::string_view& out) {
  Replacer replacer(*this, true, true);
  switch (scratch_.repairer.repair(plan, scratch_.any_place, schema::kAnyPlace, document, {}, validator, scratch_.body,
                                   scratch_.counts, &replacer)) {
    case repair::Outcome::kUnchanged: return true;
    case repair::Outcome::kRepaired: out = scratch_.body; return true;
    case repair::Outcome::kImpossible:
    case repair::Outcome::kTooComplex: break;
  }
  return false;
}

bool Seals::is_host(std::string_view authority) const {
  return equal_ignoring_case(authority, transaction_.host) ||
         std::ranges::any_of(plan_.table->hosts,
                             [&](const std::string& host) { return equal_ignoring_case(host, authority); });
}

const SealPlan* Seals::plan_of(std::string_view path, contract::Match& match) const {
  using Outcome = contract::Match::Outcome;
  match = routes_.routes.match("GET", path);
  if (match.outcome == Outcome::kNoMethod) {
    match = routes_.routes.match(first_method(routes_.routes.allowed_methods(match.path_index)), path);
  }
  if (match.outcome != Outcome::kFound) return nullptr;
  return routes_.plans[static_cast<std::size_t>(match.operation - routes_.first)].seal.get();
}

bool Seals::convert(const SealedParameter& parameter, std::string_view raw, bool sealing) {
  const std::size_t begin = scratch_.values.size();
  if (sealing) {
    scratch_.decoded.clear();
    if (!http::append_percent_decoded(scratch_.decoded, raw)) return false;
    const bool digits = !scratch_.decoded.empty() && std::ranges::all_of(scratch_.decoded, is_digit);
    const seal::Id id{.text = scratch_.decoded, .is_number = parameter.number && digits};
    if (!seal(parameter.type, id, scratch_.values)) return false;
  } else if (!open_part(parameter.type, raw, true)) {
    return false;
  }
  scratch_.edits.push_back({.part = raw, .begin = begin, .size = scratch_.values.size() - begin});
  return true;
}

bool Seals::convert_query(const SealPlan& plan, std::string_view query, bool sealing) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    for (const SealedParameter& parameter : plan.query) {
      if (parameter.name == pair.substr(0, equals) && !convert(parameter, pair.substr(equals + 1), sealing)) {
        return false;
      }
    }
  }
  return true;
}

repair::Replacer::Answer Seals::link(std::string_view text, bool sealing, std::string& out) {
  using Answer = repair::Replacer::Answer;
  const Uri uri = split_uri(text);
  const bool http =
      uri.scheme && (equal_ignoring_case(*uri.scheme, "http") || equal_ignoring_case(*uri.scheme, "https"));
  if ((uri.scheme && !http) || (uri.authority && !is_host(*uri.authority)) || !uri.path.starts_with('/')) {
    return Answer::kKeep;
  }
  contract::Match match;
  const SealPlan* plan = plan_of(uri.path, match);
  if (plan == nullptr) return Answer::kKeep;
  scratch_.edits.clear();
  scratch_.values.clear();
  for (const SealedParameter& parameter : plan->path) {
    for (const contract::PathArgument& argument : std::span(match.arguments).first(match.argument_count)) {
      if (*argument.name == parameter.name && !convert(parameter, argument.value, sealing)) return Answer::kImpossible;
    }
  }
  if (uri.query && !convert_query(*plan, *uri.query, sealing)) return Answer::kImpossible;
  if (scratch_.edits.empty()) return Answer::kKeep;
  apply(text, out);
  return Answer::kReplaced;
}

// RFC 8288: the targets of a Link field stand in angle brackets.
bool Seals::seal_targets(std::string_view value, std::string& out) {
  bool changed = false;
  while (!value.empty()) {
    const auto open = value.find('<');
    const auto close = open == std::string_view::npos ? open : value.find('>', open);
    if (close == std::string_view::npos) break;
    const std::string_view target = value.substr(open + 1, close - open - 1);
    out += value.substr(0, open + 1);
    if (link(target, true, out) == repair::Replacer::Answer::kReplaced) {
      changed = true;
    } else {
      out += target;
    }
    value.remove_prefix(close);
  }
  out += value;
  return changed;
}

bool Seals::seal_field(const SealedField& field, std::string& out) {
  switch (field.kind) {
    case SealedField::Kind::kLocation:
    case SealedField::Kind::kContentLocation:
      return link(trim(field.value), true, out) == repair::Replacer::Answer::kReplaced;
    case SealedField::Kind::kLink: return seal_targets(field.value, out);
    case SealedField::Kind::kId: break;
  }
  return seal(field.type, {.text = trim(field.value)}, out);
}

}  // namespace portico::guard
