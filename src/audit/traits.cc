#include "audit/traits.h"

#include <algorithm>

#include "audit/names.h"
#include "audit/vocabulary.h"
#include "base/text.h"

namespace portico::audit {
namespace {

using contract::Operation;
using contract::SchemeType;

Strength weakest(const contract::Contract& contract, const Operation& operation) {
  if (operation.open_to_nobody()) return Strength::kNone;
  auto least = Strength::kDelegated;
  for (const auto& requirement : operation.security) {
    auto strongest = Strength::kNone;  // all of a requirement's schemes have to be met
    for (const auto& need : requirement.needs) {
      const auto* scheme = contract.scheme(need.scheme);
      if (scheme != nullptr) strongest = std::max(strongest, strength_of(*scheme));
    }
    least = std::min(least, strongest);
  }
  return least;
}

bool is_scoped(const Operation& operation) {
  return !operation.security.empty() && std::ranges::all_of(operation.security, [](const auto& requirement) {
    return std::ranges::any_of(requirement.needs, [](const auto& need) { return !need.scopes.empty(); });
  });
}

// A POST that asks: its body is a query that is too long for a URL.
bool only_looks(const Traits& traits, contract::Method method) {
  if (method != contract::Method::kPost || has_phrase(traits.words, "check in|check out|checkin|checkout"))
    return false;
  return has_phrase(traits.words,
                    "search|query|lookup|look up|find|filter|preview|validate|check|calculate|estimate|introspect|"
                    "introspection|autocomplete|suggest|match|compare|count|simulate|render|graphql|inspect");
}

// What the operationId says that it does: "createOrder", up to whom it does it for. Nothing where the id was made out
// of the method and the path ("GetOrdersId").
std::vector<std::string> action_of(const Operation& operation) {
  if (operation.id.contains(' ')) return {};
  const auto cut = operation.id.find('#');
  auto words = words_of(std::string_view(operation.id).substr(operation.id.find('/') + 1).substr(0, cut));
  if (words.empty() || has_phrase({words.front()}, "post|put|patch|options|head")) return {};
  if (words.front() == "get" && operation.method != contract::Method::kGet) return {};
  const auto end = std::ranges::find_if(
      words, [](const auto& word) { return has_phrase({word}, "for|from|to|in|of|by|with|on|at|as|and"); });
  words.erase(end, words.end());
  return words;
}

}  // namespace

Strength strength_of(const contract::SecurityScheme& scheme) {
  switch (scheme.type) {
    case SchemeType::kApiKey: return scheme.in == contract::ParameterIn::kQuery ? Strength::kWeak : Strength::kKey;
    case SchemeType::kHttp:
      return equal_ignoring_case(scheme.scheme, "bearer") || equal_ignoring_case(scheme.scheme, "dpop")
                 ? Strength::kToken
                 : Strength::kWeak;
    case SchemeType::kOAuth2:
    case SchemeType::kOpenIdConnect:
    case SchemeType::kMutualTls: return Strength::kDelegated;
    case SchemeType::kUnknown: break;
  }
  return Strength::kWeak;
}

std::vector<Traits> traits_of(const contract::Contract& contract) {
  std::vector<Traits> all;
  all.reserve(contract.operations.size());
  for (const Operation& operation : contract.operations) {
    Traits traits{.open = operation.open_to_nobody(),
                  .management = is_management(operation),
                  .entry = is_entry(operation),
                  .published = is_published(operation),
                  .scoped = is_scoped(operation),
                  .strength = weakest(contract, operation)};
    for (const auto segment : split(operation.path, '/')) {
      if (segment.contains('{')) continue;
      const auto words = singular_words(segment);
      traits.path_words.insert(traits.path_words.end(), words.begin(), words.end());
      if (!words.empty()) traits.words = words;
    }
    traits.action = action_of(operation);
    traits.words.insert(traits.words.end(), traits.action.begin(), traits.action.end());
    traits.safe = is_safe(operation.method) || only_looks(traits, operation.method);
    traits.names_object = std::ranges::any_of(operation.parameters, [](const auto& parameter) {
      return parameter.in == contract::ParameterIn::kPath && !is_measure(parameter.name);
    });
    all.push_back(std::move(traits));
  }
  return all;
}

bool declares_exactly(const Operation& operation, std::string_view status) {
  return std::ranges::any_of(operation.responses, [&](const auto& response) {
    return response.status == status || (response.status.ends_with("XX") && response.status[0] == status[0]);
  });
}

bool declares(const Operation& operation, std::string_view status) {
  return declares_exactly(operation, status) ||
         std::ranges::any_of(operation.responses, [](const auto& response) { return response.status == "default"; });
}

}  // namespace portico::audit
