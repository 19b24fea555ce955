// Business flows that are worth automating (OWASP API6): buying what is scarce, guessing codes, opening accounts.
#include <algorithm>

#include "audit/checks.h"
#include "base/text.h"
#include "finding/rules/design.h"

namespace portico::audit {
namespace {

using contract::Method;
using contract::Operation;
using finding::design_rule;

struct Flow {
  const finding::Rule* rule;
  std::string_view phrases;    // among the words of the path's last segment, or what the operationId does
  std::string_view when_open;  // the same, where no credentials are needed
  std::string_view what;
};

constexpr Flow kFlows[] = {
    {design_rule("flow-recovery-unprotected"),
     "login|log in|signin|sign in|logon|authenticate|forgot password|forgotten password|password reset|reset password|"
     "recover account|account recovery|password recovery|otp|one time code|mfa|2 fa|two factor|magic link|passcode|"
     "verify code|verify otp|verify pin|verification code|send code|resend code|pin verification|verify phone|sms code",
     "session|token|password|confirm|forgot|recover|recovery|reset|verify|verification|pin|resend|unlock|activate|code",
     "lets passwords or codes be tried out"},
    {design_rule("flow-registration-unprotected"),
     "register|registration|signup|sign up|enroll|enrollment|onboard|create account|open account",
     "user|account|customer|member|profile|subscriber|newsletter|waitlist", "opens accounts"},
    {design_rule("flow-transfer-unprotected"),
     "withdraw|withdrawal|payout|payment|pay|refund|remittance|top up|topup|send money|cash out|cashout|wire transfer|"
     "money transfer|bank transfer",
     "donation|donate", "moves money"},
    {design_rule("flow-purchase-unprotected"),
     "purchase|buy|checkout|check out|order|booking|book|reservation|reserve|place order|bid|preorder|pre "
     "order|rent|hire",
     "ticket|appointment", "buys or reserves"},
    {design_rule("flow-promotion-unprotected"),
     "redeem|redemption|referral|refer friend|invite friend|invite|vote|voting|raffle|lottery|giveaway|apply coupon|"
     "apply voucher|apply promo|claim|coupon redemption|gift card redemption|cashback|claim reward",
     "invitation|like|coupon|voucher", "hands out something of worth"},
    {design_rule("flow-posting-unprotected"),
     "comment|review|post|message|feedback|reply|chat|rating|contact form|testimonial|guestbook|report abuse",
     "contact|support|question|enquiry|inquiry|survey", "publishes or sends what callers write"},
};

constexpr std::string_view kMoney = "amount|currency|sum|price|value|quantity|total";
constexpr std::string_view kVouchers =
    "coupon|coupons|voucher|vouchers|promo|promos|promotion|promotions|gift|discount|discounts|giftcard|giftcards";

// Words that mean money only where an amount is named: one transfers repositories as well.
bool moves_amount(const Subject& subject, std::uint32_t index) {
  if (!has_phrase(subject.traits[index].words, "transfer|deposit|charge|trade|wire|exchange|send|donation|sell|order"))
    return false;
  if (has_phrase(subject.traits[index].words, "order")) return false;
  bool amount = false;
  subject.schemas.visit_request_properties(
      index, [&](const PropertyUse& property) { amount = amount || has_phrase(words_of(property.name), kMoney); });
  return amount;
}

bool uses_voucher(const Traits& traits) {
  return has_phrase(traits.path_words, kVouchers) &&
         has_phrase(traits.words, "apply|validate|check|claim|use|activate|redeem");
}

// What the operationId does is its own where it leads: "createOrder", not "cancelOrder" or "getOrderComments".
bool fits(const Traits& traits, std::string_view phrases) {
  auto segment = traits.words;
  segment.resize(segment.size() - traits.action.size());
  // English has the noun at the end: "payment-methods" are no payments.
  const bool segment_fits = std::ranges::any_of(split(phrases, '|'), [&](std::string_view phrase) {
    const auto parts = split(phrase, ' ');
    return parts.size() <= segment.size() && std::equal(parts.rbegin(), parts.rend(), segment.rbegin());
  });
  if (segment_fits) return true;
  auto action = traits.action;
  if (!action.empty() && has_phrase({action.front()}, "create|submit|place|make|add|request|start|new|do|perform")) {
    action.erase(action.begin());
  }
  // The noun is at the end of it, or a verb at the front.
  return !action.empty() && std::ranges::any_of(split(phrases, '|'), [&](std::string_view phrase) {
    const auto parts = split(phrase, ' ');
    if (parts.size() > action.size()) return false;
    if (std::equal(parts.rbegin(), parts.rend(), action.rbegin())) return true;
    return std::equal(parts.begin(), parts.end(), action.begin()) && action.size() == parts.size() + 1 &&
           has_phrase({action.back()}, "user|account|member|customer|request|now|item|items|seat|seats");
  });
}

bool fits(const Subject& subject, std::uint32_t index, const Flow& flow) {
  const Traits& traits = subject.traits[index];
  const bool free = !subject.contract.operations[index].path.contains('{');
  if (fits(traits, flow.phrases) || (traits.open && free && fits(traits, flow.when_open))) return true;
  if (flow.rule == design_rule("flow-promotion-unprotected")) return uses_voucher(traits);
  return flow.rule == design_rule("flow-transfer-unprotected") && moves_amount(subject, index);
}

bool is_protected(const Subject& subject, std::uint32_t index) {
  const Operation& operation = subject.contract.operations[index];
  if (declares_exactly(operation, "429")) return true;
  bool challenged = std::ranges::any_of(operation.parameters, [&](const auto& parameter) {
    return (subject.fields.topics(parameter.name) & bit(Topic::kChallenge)) != 0;
  });
  subject.schemas.visit_request_properties(index, [&](const PropertyUse& property) {
    challenged = challenged || (subject.fields.topics(property.name) & bit(Topic::kChallenge)) != 0;
  });
  return challenged;
}

}  // namespace

void check_flows(const Subject& subject, Drafts& drafts) {
  const auto& operations = subject.contract.operations;
  for (std::uint32_t i = 0; i < operations.size(); ++i) {
    const Operation& operation = operations[i];
    const Traits& traits = subject.traits[i];
    if (operation.method != Method::kPost && operation.method != Method::kPut) continue;
    if (traits.safe || traits.management || operation.node == nullptr) continue;
    if (has_phrase(
            traits.words,
            "cancel|delete|remove|update|archive|dismiss|mark|close|webhook|list|get|domain|review deployment")) {
      continue;
    }
    const bool element = operation.path.ends_with('}');
    for (const Flow& flow : kFlows) {
      if (element || !fits(subject, i, flow)) continue;
      if (is_protected(subject, i)) break;
      drafts.push_back({.rule = flow.rule,
                        .severity = flow.rule->severity,
                        .node = operation.node,
                        .operation = &operation,
                        .message = title_of(operation) + " " + std::string(flow.what) +
                                   ", and declares no limit (429) and no proof of a human"});
      break;
    }
  }
}

}  // namespace portico::audit
