#include "threats/stride.h"

#include <algorithm>

#include "base/text.h"

namespace portico::threats {
namespace {

using contract::DataClass;

constexpr std::uint8_t kLow = 1;
constexpr std::uint8_t kMedium = 2;
constexpr std::uint8_t kHigh = 3;

// "parcelNumber, postcode and 3 more": the names of those fields, each once.
template <class Wanted>
std::string names_of(const std::vector<Field>& fields, const Wanted& wanted) {
  constexpr std::size_t kShown = 5;
  std::vector<std::string_view> names;
  for (const Field& field : fields) {
    if (wanted(field) && std::ranges::find(names, field.name) == names.end()) names.push_back(field.name);
  }
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) out += (i == 0 ? "" : ", ") + printable(names[i]);
  if (names.size() > kShown) out += " and " + std::to_string(names.size() - kShown) + " more";
  return out;
}

std::string sent_with(const Facts& facts, Traits traits) {
  return names_of(facts.sent, [&](const Field& field) { return (field.traits & traits) == traits; });
}

bool any_personal(const std::vector<Field>& fields) {
  return std::ranges::any_of(fields, [](const Field& field) { return contract::is_personal(field.data_class); });
}

bool is_grave(DataClass data_class) { return data_class >= DataClass::kLocation; }

// How bad it is when the operation's answer gets to the wrong person.
std::uint8_t worth(const std::vector<Field>& fields) {
  if (std::ranges::any_of(fields, [](const Field& field) { return is_grave(field.data_class); })) return kHigh;
  return any_personal(fields) ? kMedium : kLow;
}

std::uint8_t reach(const Facts& facts) {
  switch (facts.strength) {
    case Strength::kNone: return kHigh;
    case Strength::kStatic:
    case Strength::kToken: return kMedium;
    case Strength::kMutual: break;
  }
  return kLow;
}

Mitigation in_contract(const Setting& setting, const json::Node* node, std::string text) {
  return {std::move(text), node == nullptr ? Place{} : setting.contract.place(*node), false};
}

std::string schemes_of(const Facts& facts) {
  std::string out;
  for (const auto& need : facts.requirement->needs) out += (out.empty() ? "" : " and ") + printable(need.scheme);
  return out;
}

void add_credentials(const Setting& setting, const Facts& facts, Judgement& judgement) {
  if (facts.requirement == nullptr) return;
  judgement.mitigations.push_back(
      in_contract(setting, facts.operation->security_node, "asks for " + schemes_of(facts)));
}

// Limits of the policy, else the contract's word that there are some.
void add_limits(const Setting& setting, const Facts& facts, Judgement& judgement) {
  for (const policy::Limit* limit : facts.limits) {
    judgement.mitigations.push_back({"limit " + policy::to_string(*limit), limit->place, true});
  }
  if (facts.declares_429) judgement.mitigations.push_back(in_contract(setting, facts.operation->node, "declares 429"));
}

// A rule of the owner decides who may: whether it decides rightly is for people to say.
void add_rules(const Facts& facts, Judgement& judgement) {
  for (const policy::Rule* rule : facts.rules) {
    judgement.mitigations.push_back(
        {"rule " + (rule->name.empty() ? rule->require.text : rule->name), rule->place, true});
  }
  judgement.mitigated = judgement.mitigated || !facts.rules.empty();
}

// What the guard does to answers, where `wanted` of the entry says that it does something about this.
template <class Wanted>
void add_repairs(const Facts& facts, std::string_view what, const Wanted& wanted, Judgement& judgement) {
  for (const policy::Repair* repair : facts.repairs) {
    if (!wanted(*repair)) continue;
    judgement.mitigations.push_back({std::string(what), repair->place, true});
    judgement.mitigated = true;
  }
}

bool hides(const policy::Repair& repair) { return !repair.mask.empty() || !repair.drop.empty(); }

Judgement limited(const Setting& setting, const Facts& facts, std::uint8_t impact) {
  Judgement judgement{.likelihood = reach(facts), .impact = impact};
  add_limits(setting, facts, judgement);
  judgement.mitigated = !judgement.mitigations.empty();
  return judgement;
}

using Verdict = std::optional<Judgement>;

Verdict anonymous_call(const Setting& setting, const Facts& facts) {
  if (facts.published) return {};
  if (facts.entry && facts.strength == Strength::kNone) return {};
  Judgement judgement{.likelihood = kHigh,
                      .impact = facts.side_effect || facts.management ? kHigh : worth(facts.returned)};
  add_credentials(setting, facts, judgement);
  judgement.mitigated = facts.strength != Strength::kNone;
  return judgement;
}

Verdict credential_stuffing(const Setting& setting, const Facts& facts) {
  const auto is_secret = [](const Field& field) { return contract::is_secret(field.data_class); };
  if (!facts.entry || std::ranges::none_of(facts.sent, is_secret)) return {};
  Judgement judgement = limited(setting, facts, kHigh);
  judgement.likelihood = kHigh;
  judgement.subject = names_of(facts.sent, is_secret);
  return judgement;
}

Verdict pin_guessing(const Setting& setting, const Facts& facts) {
  if (!facts.sends(kPin)) return {};
  Judgement judgement = limited(setting, facts, kHigh);
  judgement.subject = sent_with(facts, kPin);
  judgement.mitigated = !facts.limits.empty();
  return judgement;
}

Verdict static_credential(const Setting& setting, const Facts& facts) {
  if (facts.strength == Strength::kNone) return {};
  Judgement judgement{.likelihood = kMedium,
                      .impact = facts.side_effect ? kHigh : std::max(kMedium, worth(facts.returned))};
  judgement.subject = schemes_of(facts);
  judgement.mitigated = facts.strength != Strength::kStatic;
  if (judgement.mitigated) {
    const bool token = facts.strength == Strength::kToken;
    judgement.mitigations.push_back(
        in_contract(setting, facts.operation->security_node,
                    judgement.subject + (token ? ": tokens that expire" : ": client certificates")));
  }
  return judgement;
}

Verdict cross_site_request(const Setting& setting, const Facts& facts) {
  if (!facts.by_cookie || !facts.side_effect) return {};
  Judgement judgement{.likelihood = kMedium, .impact = kHigh, .subject = schemes_of(facts)};
  const auto token = std::ranges::find_if(facts.sent, [](const Field& field) {
    return contains_ignoring_case(field.name, "csrf") || contains_ignoring_case(field.name, "xsrf");
  });
  if (token != facts.sent.end()) {
    judgement.mitigated = true;
    judgement.mitigations.push_back(
        in_contract(setting, token->node, "takes a token against it: " + printable(token->name)));
  }
  if (setting.guarded && setting.policy.csrf.enabled) {
    judgement.mitigated = true;
    judgement.mitigations.push_back({"the guard refuses calls of other sites", {}, true});
  }
  return judgement;
}

Verdict mass_assignment(const Setting& setting, const Facts& facts) {
  if (!facts.side_effect || !facts.operation->body) return {};
  const auto privileged = [](const Field& field) {
    return field.kind == "property" && (field.traits & kPrivilege) != 0;
  };
  Judgement judgement{.likelihood = reach(facts), .impact = kMedium, .subject = names_of(facts.sent, privileged)};
  if (!judgement.subject.empty()) judgement.impact = kHigh;
  if (facts.closed_request) {
    judgement.mitigations.push_back(in_contract(setting, facts.operation->body->node, "the body's objects are closed"));
  }
  judgement.mitigated = facts.closed_request && judgement.subject.empty();
  return judgement;
}

Verdict forged_fact(const Setting&, const Facts& facts) {
  if (!facts.side_effect && !facts.returns(kDistance)) return {};
  if (!facts.sends(kFact)) return {};
  Judgement judgement{
      .likelihood = kMedium, .impact = facts.flow ? kHigh : kMedium, .subject = sent_with(facts, kFact)};
  add_rules(facts, judgement);
  return judgement;
}

Verdict injection(const Setting& setting, const Facts& facts) {
  const bool takes_text =
      std::ranges::any_of(facts.sent, [](const Field& field) { return (field.traits & kCountable) == 0; });
  if (!takes_text) return {};
  Judgement judgement{.likelihood = reach(facts), .impact = kMedium, .subject = sent_with(facts, kFreeText)};
  judgement.mitigated = judgement.subject.empty();
  if (judgement.mitigated) {
    judgement.mitigations.push_back(
        in_contract(setting, facts.operation->node, "every text is narrowed by enum, format or pattern"));
  }
  return judgement;
}

Verdict malicious_upload(const Setting& setting, const Facts& facts) {
  if (!facts.upload) return {};
  Judgement judgement{.likelihood = reach(facts), .impact = kHigh, .subject = sent_with(facts, kFile)};
  const auto declares = [](const contract::MediaType& media) {
    return std::ranges::any_of(media.encodings, [](const auto& encoding) { return !encoding.content_type.empty(); });
  };
  if (facts.operation->body && std::ranges::any_of(facts.operation->body->content, declares)) {
    judgement.mitigated = true;
    judgement.mitigations.push_back(
        in_contract(setting, facts.operation->body->node, "declares which media types its files have"));
  }
  return judgement;
}

Verdict external_entities(const Setting& setting, const Facts& facts) {
  if (!facts.xml) return {};
  Judgement judgement{.likelihood = kMedium, .impact = kHigh, .mitigated = setting.guarded};
  if (setting.guarded) judgement.mitigations.push_back({"the guard refuses document types", {}, true});
  return judgement;
}

Verdict machine_in_the_middle(const Setting& setting, const Facts& facts) {
  const auto encrypted =
      std::ranges::find(facts.operation->servers, std::string_view("https"), &contract::Server::scheme);
  if (!facts.plain_http && encrypted == facts.operation->servers.end()) return {};
  Judgement judgement{.likelihood = kMedium, .impact = kHigh, .mitigated = !facts.plain_http};
  if (judgement.mitigated)
    judgement.mitigations.push_back(in_contract(setting, encrypted->node, "its servers have TLS"));
  return judgement;
}

Verdict unaccountable_change(const Setting& setting, const Facts& facts) {
  if (!facts.side_effect) return {};
  Judgement judgement{.likelihood = kHigh, .impact = facts.entry ? kLow : kMedium};
  add_credentials(setting, facts, judgement);
  judgement.mitigated = facts.strength != Strength::kNone;
  if (setting.guarded && !setting.policy.events.empty()) judgement.mitigations.push_back({"event log", {}, true});
  return judgement;
}

Verdict shared_credential(const Setting&, const Facts& facts) {
  if (!facts.side_effect || facts.strength != Strength::kStatic) return {};
  return Judgement{.likelihood = kMedium, .impact = kMedium, .subject = schemes_of(facts)};
}

Verdict foreign_object(const Setting& setting, const Facts& facts) {
  if (!facts.sends(kObjectId)) return {};
  Judgement judgement{.likelihood = facts.counts_up() ? kHigh : kMedium,
                      .impact = facts.side_effect ? kHigh : std::max(kMedium, worth(facts.returned)),
                      .subject = sent_with(facts, kObjectId)};
  if (facts.own) judgement.likelihood = kMedium;
  add_credentials(setting, facts, judgement);
  add_rules(facts, judgement);
  return judgement;
}

Verdict enumeration(const Setting& setting, const Facts& facts) {
  if (!facts.counts_up()) return {};
  Judgement judgement = limited(setting, facts, std::max(kMedium, worth(facts.returned)));
  judgement.subject = sent_with(facts, facts.sends(kObjectId | kCountable) ? kObjectId | kCountable : kObjectId);
  judgement.mitigated = !facts.limits.empty();
  return judgement;
}

Verdict personal_data_public(const Setting& setting, const Facts& facts) {
  const auto personal = [](const Field& field) { return contract::is_personal(field.data_class); };
  if (std::ranges::none_of(facts.returned, personal)) return {};
  Judgement judgement{.likelihood = kHigh,
                      .impact = worth(facts.returned),
                      .mitigated = facts.strength != Strength::kNone,
                      .subject = names_of(facts.returned, personal)};
  add_credentials(setting, facts, judgement);
  add_repairs(facts, "masked or dropped by the guard", hides, judgement);
  return judgement;
}

Verdict excessive_data(const Setting& setting, const Facts& facts) {
  if (!facts.has_response_body) return {};
  const std::uint8_t impact = facts.entry ? kLow : worth(facts.returned);
  Judgement judgement{.likelihood = reach(facts), .impact = impact, .mitigated = facts.closed_response};
  if (facts.closed_response) {
    judgement.mitigations.push_back(in_contract(setting, facts.operation->node, "its response objects are closed"));
  }
  const auto strips = [](const policy::Repair& repair) { return repair.strip; };
  add_repairs(facts, "undeclared properties are stripped", strips, judgement);
  return judgement;
}

Verdict secret_returned(const Setting& setting, const Facts& facts) {
  const auto secret = [](const Field& field) { return contract::is_secret(field.data_class); };
  if (std::ranges::none_of(facts.returned, secret)) return {};
  const bool takes_secret = std::ranges::any_of(facts.sent, secret);
  Judgement judgement{.likelihood = reach(facts),
                      .impact = kHigh,
                      .mitigated = facts.entry && takes_secret,
                      .subject = names_of(facts.returned, secret)};
  if (judgement.mitigated) {
    judgement.mitigations.push_back(
        in_contract(setting, facts.operation->node, "hands its secret to whoever proved another one"));
  }
  add_repairs(facts, "masked or dropped by the guard", hides, judgement);
  return judgement;
}

Verdict account_enumeration(const Setting& setting, const Facts& facts) {
  if (facts.strength != Strength::kNone || !facts.sends(kContactKey)) return {};
  Judgement judgement = limited(setting, facts, kHigh);
  judgement.subject = sent_with(facts, kContactKey);
  judgement.mitigated = !facts.limits.empty();
  return judgement;
}

Verdict position_tracking(const Setting&, const Facts& facts) {
  if (!facts.returns(kDistance)) return {};
  const auto is_distance = [](const Field& field) { return (field.traits & kDistance) != 0; };
  const auto rounds = [](const policy::Repair& repair) { return !repair.round.empty(); };
  Judgement judgement{.likelihood = reach(facts), .impact = kHigh, .subject = names_of(facts.returned, is_distance)};
  add_repairs(facts, "rounded by the guard", rounds, judgement);
  return judgement;
}

Verdict credential_in_url(const Setting& setting, const Facts& facts) {
  const auto in_url = [](const Field& field) {
    return contract::is_secret(field.data_class) && (field.kind == "query parameter" || field.kind == "path parameter");
  };
  std::string subject = names_of(facts.sent, in_url);
  for (const auto& requirement : facts.operation->security) {
    for (const auto& need : requirement.needs) {
      const auto* scheme = setting.contract.scheme(need.scheme);
      const bool key = scheme != nullptr && scheme->type == contract::SchemeType::kApiKey;
      if (key && scheme->in == contract::ParameterIn::kQuery)
        subject += (subject.empty() ? "" : ", ") + printable(scheme->parameter);
    }
  }
  if (subject.empty()) return {};
  return Judgement{.likelihood = kMedium, .impact = kHigh, .subject = subject};
}

Verdict revealing_errors(const Setting& setting, const Facts& facts) {
  Judgement judgement{.likelihood = kMedium, .impact = kLow, .mitigated = facts.declares_errors || setting.guarded};
  if (facts.declares_errors) {
    judgement.mitigations.push_back(in_contract(setting, facts.operation->node, "declares what its errors look like"));
  }
  if (setting.guarded) judgement.mitigations.push_back({"the guard replaces undeclared answers", {}, true});
  return judgement;
}

Verdict flooding(const Setting& setting, const Facts& facts) {
  return limited(setting, facts, facts.side_effect || facts.upload || facts.collection ? kMedium : kLow);
}

Verdict oversized_request(const Setting& setting, const Facts& facts) {
  if (facts.sent.empty() && !facts.operation->body) return {};
  Judgement judgement{
      .likelihood = reach(facts), .impact = facts.upload ? kMedium : kLow, .subject = sent_with(facts, kUnbounded)};
  judgement.mitigated = judgement.subject.empty() || setting.guarded;
  if (judgement.subject.empty()) {
    judgement.mitigations.push_back(in_contract(setting, facts.operation->node, "every text and list has a bound"));
  }
  if (setting.guarded) {
    judgement.mitigations.push_back(
        {"bodies of at most " + std::to_string(setting.policy.requests.max_body) + " bytes", {}, true});
  }
  return judgement;
}

Verdict harvesting(const Setting& setting, const Facts& facts) {
  if (!facts.collection) return {};
  Judgement judgement = limited(setting, facts, worth(facts.returned));
  judgement.subject = sent_with(facts, kPageSize);
  judgement.mitigated = judgement.mitigated && judgement.subject.empty();
  return judgement;
}

Verdict flow_automation(const Setting& setting, const Facts& facts) {
  if (!facts.flow) return {};
  return limited(setting, facts, kMedium);
}

Verdict management_interface(const Setting& setting, const Facts& facts) {
  if (!facts.management) return {};
  Judgement judgement{
      .likelihood = reach(facts), .impact = kHigh, .mitigated = facts.scoped || facts.strength == Strength::kMutual};
  add_credentials(setting, facts, judgement);
  add_rules(facts, judgement);
  return judgement;
}

// "read", "orders:read", "repo.view": a scope whose words allow looking only.
bool reads_only(std::string_view scope) {
  const auto words = words_of(scope);
  const auto is = [&](std::string_view word) { return std::ranges::find(words, word) != words.end(); };
  return (is("read") || is("readonly") || is("view") || is("list")) && !is("write") && !is("admin") && !is("manage");
}

Verdict function_level_access(const Setting& setting, const Facts& facts) {
  if (facts.strength == Strength::kNone) return {};
  if (!facts.side_effect && !facts.scoped && !setting.has_scopes) return {};
  Judgement judgement{.likelihood = kMedium, .impact = facts.side_effect ? kMedium : kLow};
  const bool read_scope = facts.side_effect && facts.scoped && std::ranges::all_of(facts.scopes, reads_only);
  judgement.mitigated = facts.scoped && !read_scope;
  if (read_scope) judgement.subject = "scope " + printable(facts.scopes.front()) + " opens a change";
  if (judgement.mitigated) {
    judgement.mitigations.push_back(
        in_contract(setting, facts.operation->security_node, "needs the scope " + printable(facts.scopes.front())));
  }
  add_rules(facts, judgement);
  return judgement;
}

Verdict server_side_request(const Setting&, const Facts& facts) {
  if (!facts.sends(kUrl)) return {};
  return Judgement{
      .likelihood = reach(facts), .impact = facts.side_effect ? kHigh : kMedium, .subject = sent_with(facts, kUrl)};
}

Verdict command_execution(const Setting&, const Facts& facts) {
  const Traits wanted = facts.sends(kCommand) ? kCommand : facts.runs ? kFreeText : 0;
  if (wanted == 0 || !facts.sends(wanted)) return {};
  return Judgement{.likelihood = reach(facts), .impact = kHigh, .subject = sent_with(facts, wanted)};
}

using Judge = Verdict (*)(const Setting&, const Facts&);

// In the order of KindId.
constexpr std::array<Judge, kKindCount> kJudges = {anonymous_call,
                                                   credential_stuffing,
                                                   pin_guessing,
                                                   static_credential,
                                                   cross_site_request,
                                                   mass_assignment,
                                                   forged_fact,
                                                   injection,
                                                   malicious_upload,
                                                   external_entities,
                                                   machine_in_the_middle,
                                                   unaccountable_change,
                                                   shared_credential,
                                                   foreign_object,
                                                   enumeration,
                                                   personal_data_public,
                                                   excessive_data,
                                                   secret_returned,
                                                   account_enumeration,
                                                   position_tracking,
                                                   credential_in_url,
                                                   revealing_errors,
                                                   flooding,
                                                   oversized_request,
                                                   harvesting,
                                                   flow_automation,
                                                   management_interface,
                                                   function_level_access,
                                                   server_side_request,
                                                   command_execution};

}  // namespace

std::optional<Judgement> judge(const Setting& setting, const Facts& facts, KindId kind) {
  return kJudges[static_cast<std::size_t>(kind)](setting, facts);
}

std::string_view reason_not_applicable(const Facts& facts, Stride stride) {
  switch (stride) {
    case Stride::kSpoofing:
      return facts.published ? "published for everybody: there is nobody to pretend to be"
                             : "where callers get their credentials: there is nobody yet to pretend to be";
    case Stride::kTampering: return "takes no text, changes nothing, and its servers are relative";
    case Stride::kRepudiation: return "changes nothing";
    case Stride::kInformationDisclosure: return "returns no body";
    case Stride::kDenialOfService: return "cannot be called";
    case Stride::kElevationOfPrivilege:
      return facts.strength == Strength::kNone ? "asks for no privilege, and takes nothing that could give one"
                                               : "every caller may call it by design, and it changes nothing";
  }
  return {};
}

}  // namespace portico::threats
