#include "threats/facts.h"

#include <algorithm>
#include <array>

#include "audit/composition.h"
#include "audit/hosts.h"
#include "audit/names.h"
#include "base/text.h"
#include "policy/operations.h"

namespace portico::threats {
namespace {

using audit::Composition;
using audit::PropertyUse;
using contract::DataClass;
using contract::Operation;
using json::Node;
using Words = std::vector<std::string>;

template <std::size_t N>
bool has_any(const Words& words, const std::array<std::string_view, N>& set) {
  return std::ranges::any_of(words, [&](const auto& word) { return std::ranges::find(set, word) != set.end(); });
}

template <std::size_t N>
bool ends_in(const Words& words, const std::array<std::string_view, N>& set) {
  return !words.empty() && std::ranges::find(set, words.back()) != set.end();
}

constexpr std::array<std::string_view, 15> kUrlWords = {"url",      "uri",      "href",   "link",     "webhook",
                                                        "callback", "redirect", "return", "hook",     "endpoint",
                                                        "proxy",    "urls",     "target", "webhooks", "feed"};
constexpr std::array<std::string_view, 24> kPrivilegeWords = {
    "role",  "roles",   "admin",        "administrator", "privilege", "privileges", "permission", "permissions",
    "owner", "balance", "credit",       "credits",       "verified",  "approved",   "superuser",  "staff",
    "tier",  "plan",    "entitlements", "scopes",        "groups",    "superadmin", "moderator",  "discount"};
constexpr std::array<std::string_view, 17> kFactWords = {
    "latitude", "longitude", "lat",   "lng",      "lon",      "coordinates", "location", "position", "geo",
    "price",    "amount",    "total", "discount", "distance", "timestamp",   "quantity", "cost"};
constexpr std::array<std::string_view, 8> kCommandWords = {"command", "cmd",  "script",  "exec",
                                                           "shell",   "eval", "program", "sql"};
constexpr std::array<std::string_view, 9> kPageWords = {"limit", "per page",    "page size", "pagesize", "size",
                                                        "count", "max results", "perpage",   "top"};
constexpr std::array<std::string_view, 11> kPinWords = {
    "pin",      "otp",        "postcode", "postal code",       "zip",     "zip code",
    "birthday", "birth date", "passcode", "verification code", "mfa code"};
constexpr std::array<std::string_view, 7> kPlaceWords = {"latitude", "longitude", "lat",        "lng",
                                                         "lon",      "distance",  "coordinates"};
// What a person is found by: who asks with one learns whether it has an account.
constexpr std::array<std::string_view, 11> kContactWords = {"email",      "mail",   "phone",    "mobile",
                                                            "telephone",  "msisdn", "username", "login",
                                                            "identifier", "handle", "cellphone"};
constexpr std::array<std::string_view, 12> kRunWords = {"run",     "exec",  "execute", "eval",    "evaluate", "script",
                                                        "scripts", "shell", "bash",    "command", "commands", "debug"};
constexpr std::array<std::string_view, 33> kFlowWords = {
    "order",       "orders",       "checkout", "purchase",  "purchases", "payment",  "payments",
    "pay",         "coupon",       "coupons",  "voucher",   "vouchers",  "invite",   "invites",
    "invitation",  "invitations",  "referral", "referrals", "booking",   "bookings", "reserve",
    "reservation", "reservations", "transfer", "transfers", "message",   "messages", "comments",
    "review",      "reviews",      "vote",     "votes",     "redeem"};

bool is_bounded_number(const Composition& schema) {
  return schema.has("maximum") || schema.has("exclusiveMaximum") || schema.has("enum") || schema.has("const");
}

// A name of a few characters by its schema.
bool is_short(const Composition& schema) {
  constexpr std::int64_t kShort = 8;
  const Node* longest = schema.find("maxLength");
  return longest != nullptr && longest->integer().value_or(kShort + 1) <= kShort;
}

Traits traits_by_name(const Words& words, std::string_view name) {
  const std::string phrase = join(words, " ");
  const auto is_one_of = [&](const auto& set) { return std::ranges::find(set, phrase) != set.end(); };
  Traits traits = 0;
  if (audit::is_identifier(name) || audit::is_serial_number(name)) traits |= kObjectId;
  if (ends_in(words, kUrlWords)) traits |= kUrl;
  if (has_any(words, kPrivilegeWords)) traits |= kPrivilege;
  if (has_any(words, kFactWords)) traits |= kFact;
  if (has_any(words, kCommandWords)) traits |= kCommand;
  if (is_one_of(kPageWords)) traits |= kPageSize;
  if (is_one_of(kPinWords)) traits |= kPin;
  if (has_any(words, kPlaceWords)) traits |= kDistance;
  if (ends_in(words, kContactWords)) traits |= kContactKey;
  return traits;
}

Traits traits_by_schema(const Composition& schema, std::string_view format) {
  Traits traits = 0;
  if (schema.allows(audit::kString)) {
    const bool fixed = schema.has("enum") || schema.has("const");
    if (!fixed && !schema.has("pattern") && format.empty()) traits |= kFreeText;
    if (!fixed && !schema.has("maxLength") && format.empty()) traits |= kUnbounded;
    if (format == "uri" || format == "url" || format == "iri") traits |= kUrl;
    if (format == "binary") traits |= kFile;
  }
  if (schema.allows(audit::kArray) && !schema.has("maxItems")) traits |= kUnbounded;
  if (schema.allows(audit::kInteger)) traits |= kCountable;
  return traits;
}

// Whether the trait that the name suggests can be, given the schema.
Traits agree(Traits traits, const Composition& schema, DataClass data_class) {
  const bool number = schema.allows(audit::kInteger | audit::kNumber);
  if (schema.types() == audit::kBoolean) traits &= kPrivilege;
  if ((traits & kPageSize) != 0 && (!number || is_bounded_number(schema))) traits &= ~kPageSize;
  if ((traits & (kUrl | kCommand)) != 0 && !schema.allows(audit::kString)) traits &= ~(kUrl | kCommand);
  if (schema.has("enum") || schema.has("const")) traits &= ~(kUrl | kCommand | kFact | kPin | kCountable);
  if ((traits & kDistance) != 0 && (!schema.allows(audit::kNumber) || schema.has("multipleOf"))) traits &= ~kDistance;
  if (data_class == DataClass::kCredential && is_short(schema)) traits |= kPin;
  if ((traits & kContactKey) != 0 && !schema.allows(audit::kString)) traits &= ~kContactKey;
  return traits;
}

class Reader {
 public:
  Reader(const contract::Contract& contract, const policy::Policy& policy)
      : contract_(contract), policy_(policy), schemas_(contract) {}

  Facts read(std::uint32_t index);

 private:
  struct Value {
    Traits traits = 0;
    DataClass data_class = DataClass::kNone;
    bool closed = true;
  };

  Value value_of(std::string_view name, const Node* schema, std::string_view parent);
  const Value& value_of(const PropertyUse& use);
  void read_security(Facts& facts) const;
  void read_parameters(Facts& facts);
  void read_body(Facts& facts, std::uint32_t index);
  void read_responses(Facts& facts, std::uint32_t index);
  void read_policy(Facts& facts) const;
  bool is_closed(const contract::MediaType& media);

  const contract::Contract& contract_;
  const policy::Policy& policy_;
  audit::SchemaUsage schemas_;
  std::unordered_map<const PropertyUse*, Value> values_;
};

Reader::Value Reader::value_of(std::string_view name, const Node* schema, std::string_view parent) {
  Value value;
  const Words words = words_of(name);
  value.traits = traits_by_name(words, name);
  value.data_class = contract::classify(name, schema, parent);
  if (schema == nullptr) return value;
  const Composition composed(contract_, std::array<const Node*, 1>{schema});
  const Node* format = composed.find("format");
  value.traits |= traits_by_schema(composed, format == nullptr ? std::string_view() : format->text());
  value.traits = agree(value.traits, composed, value.data_class);
  return value;
}

const Reader::Value& Reader::value_of(const PropertyUse& use) {
  const auto [found, added] = values_.try_emplace(&use);
  if (added) found->second = value_of(use.name, use.schema, use.parent);
  return found->second;
}

void Reader::read_security(Facts& facts) const {
  const Operation& operation = *facts.operation;
  if (operation.open_to_nobody()) return;
  facts.strength = Strength::kMutual;
  for (const auto& requirement : operation.security) {
    Strength strongest = Strength::kStatic;
    for (const auto& need : requirement.needs) {
      const contract::SecurityScheme* scheme = contract_.scheme(need.scheme);
      if (scheme == nullptr) continue;
      using contract::SchemeType;
      const bool bearer = scheme->type == SchemeType::kHttp && equal_ignoring_case(scheme->scheme, "bearer");
      if (bearer || scheme->type == SchemeType::kOAuth2 || scheme->type == SchemeType::kOpenIdConnect) {
        strongest = std::max(strongest, Strength::kToken);
      }
      if (scheme->type == SchemeType::kMutualTls) strongest = Strength::kMutual;
      facts.by_cookie |= scheme->type == SchemeType::kApiKey && scheme->in == contract::ParameterIn::kCookie;
      facts.scoped |= !need.scopes.empty();
      facts.scopes.insert(facts.scopes.end(), need.scopes.begin(), need.scopes.end());
    }
    if (strongest <= facts.strength) {
      facts.strength = strongest;
      facts.requirement = &requirement;
    }
  }
}

void Reader::read_parameters(Facts& facts) {
  for (const auto& parameter : facts.operation->parameters) {
    const Node* schema = parameter.schema != nullptr ? contract_.resolve(*parameter.schema) : nullptr;
    Value value = value_of(parameter.name, schema, {});
    if (parameter.in == contract::ParameterIn::kPath && !audit::is_measure(parameter.name)) value.traits |= kObjectId;
    facts.sent.push_back(
        {parameter.name, audit::kind_of(parameter.in), value.traits, value.data_class, parameter.node});
  }
}

bool Reader::is_closed(const contract::MediaType& media) {
  if (media.schema == nullptr) return false;
  const Composition schema(contract_, std::array<const Node*, 1>{media.schema});
  if (!schema.allows(audit::kObject)) return true;
  const Node* additional = schema.find("additionalProperties");
  const Node* unevaluated = schema.find("unevaluatedProperties");
  const auto closes = [](const Node* node) { return node != nullptr && node->is_boolean() && !node->is_true(); };
  return closes(additional) || closes(unevaluated);
}

void Reader::read_body(Facts& facts, std::uint32_t index) {
  if (!facts.operation->body) return;
  for (const auto& media : facts.operation->body->content) {
    facts.closed_request = facts.closed_request && is_closed(media);
    facts.xml |= media.range.ends_with("/xml") || media.range.ends_with("+xml");
    facts.upload |= media.range.starts_with("multipart/") || media.range == "application/octet-stream" ||
                    media.range.starts_with("image/") || media.range.starts_with("video/");
  }
  schemas_.visit_request_properties(index, [&](const PropertyUse& use) {
    const Value& value = value_of(use);
    facts.sent.push_back({use.name, "property", value.traits, value.data_class, use.key});
    facts.upload |= (value.traits & kFile) != 0;
  });
}

void Reader::read_responses(Facts& facts, std::uint32_t index) {
  for (const auto& response : facts.operation->responses) {
    facts.declares_429 |= response.status == "429" || response.status == "4XX";
    const bool failure =
        response.status.starts_with('4') || response.status.starts_with('5') || response.status == "default";
    const bool has_schema =
        std::ranges::any_of(response.content, [](const auto& media) { return media.schema != nullptr; });
    facts.declares_errors |= failure && has_schema;
    if (!response.status.starts_with('2')) continue;
    facts.has_response_body |= !response.content.empty();
    for (const auto& media : response.content) {
      facts.closed_response = facts.closed_response && is_closed(media);
      if (media.schema == nullptr) continue;
      const Composition schema(contract_, std::array<const Node*, 1>{media.schema});
      facts.collection |= schema.allows(audit::kArray);
    }
  }
  const auto success = [](std::string_view status) { return status.starts_with('2') || status == "default"; };
  schemas_.visit_response_properties(index, success, [&](const PropertyUse& use) {
    const Value& value = value_of(use);
    const Traits traits = value.traits & (kObjectId | kDistance | kContactKey);
    if (traits == 0 && value.data_class == DataClass::kNone) return;
    facts.returned.push_back({use.name, "property", traits, value.data_class, use.key});
  });
}

void Reader::read_policy(Facts& facts) const {
  for (const policy::Limit& limit : policy_.limits) {
    if (policy::selects(limit.operations, contract_, *facts.operation)) facts.limits.push_back(&limit);
  }
  for (const policy::Rule& rule : policy_.rules) {
    if (policy::selects(rule.operations, contract_, *facts.operation)) facts.rules.push_back(&rule);
  }
  for (const policy::Repair& repair : policy_.repair) {
    if (policy::selects(repair.operations, contract_, *facts.operation)) facts.repairs.push_back(&repair);
  }
}

bool is_own(std::string_view path) {
  return std::ranges::any_of(split(path, '/'), [](std::string_view segment) {
    return segment == "me" || segment == "self" || segment == "my" || segment == "current" || segment == "~";
  });
}

Facts Reader::read(std::uint32_t index) {
  Facts facts{.operation = &contract_.operations[index]};
  const Operation& operation = *facts.operation;
  read_security(facts);
  facts.side_effect = !audit::is_safe(operation.method);
  facts.management = audit::is_management(operation);
  facts.entry = audit::is_entry(operation);
  facts.published = audit::is_published(operation);
  facts.own = is_own(operation.path);
  facts.runs = facts.side_effect && has_any(words_of(operation.path), kRunWords);
  facts.flow = facts.side_effect && has_any(words_of(last_literal(operation.path)), kFlowWords);
  facts.plain_http =
      std::ranges::any_of(operation.servers, [](const auto& server) { return audit::is_plain_http(server.url); });
  read_parameters(facts);
  read_body(facts, index);
  read_responses(facts, index);
  read_policy(facts);
  return facts;
}

bool any_with(const std::vector<Field>& fields, Traits traits) {
  return std::ranges::any_of(fields, [&](const Field& field) { return (field.traits & traits) == traits; });
}

}  // namespace

bool Facts::sends(Traits traits) const { return any_with(sent, traits); }
bool Facts::returns(Traits traits) const { return any_with(returned, traits); }

bool Facts::counts_up() const { return sequential || sends(kObjectId | kCountable); }

std::vector<Facts> facts_of(const contract::Contract& contract, const policy::Policy& policy) {
  Reader reader(contract, policy);
  std::vector<Facts> facts;
  facts.reserve(contract.operations.size());
  for (std::uint32_t i = 0; i < contract.operations.size(); ++i) facts.push_back(reader.read(i));
  return facts;
}

std::string_view last_literal(std::string_view path) {
  std::string_view last;
  for (const auto segment : split(path, '/')) {
    if (!segment.empty() && !segment.contains('{')) last = segment;
  }
  return last;
}

}  // namespace portico::threats
