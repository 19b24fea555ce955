#include "contract/model.h"

#include <algorithm>

#include "contract/documents.h"

namespace portico::contract {
namespace {

constexpr std::array<std::string_view, 9> kMethods = {"GET",     "HEAD",  "POST",  "PUT",  "DELETE",
                                                      "OPTIONS", "TRACE", "PATCH", "QUERY"};

}  // namespace

std::string_view name(Method method) {
  const auto index = static_cast<std::size_t>(method);
  return index < kMethods.size() ? kMethods[index] : "OTHER";
}

std::string_view name(ParameterIn in) {
  switch (in) {
    case ParameterIn::kPath: return "path";
    case ParameterIn::kQuery: return "query";
    case ParameterIn::kHeader: return "header";
    case ParameterIn::kCookie: break;
  }
  return "cookie";
}

std::optional<Method> method_of(std::string_view name) {
  const auto found = std::ranges::find(kMethods, name);
  if (found == kMethods.end()) return std::nullopt;
  return static_cast<Method>(found - kMethods.begin());
}

bool Operation::open_to_nobody() const {
  return security.empty() ||
         std::ranges::any_of(security, [](const SecurityRequirement& one) { return one.needs.empty(); });
}

Contract::Contract() = default;
Contract::~Contract() = default;
Contract::Contract(Contract&&) noexcept = default;
Contract& Contract::operator=(Contract&&) noexcept = default;

const SecurityScheme* Contract::scheme(std::string_view wanted) const {
  const auto found = std::ranges::find(schemes, wanted, &SecurityScheme::name);
  return found == schemes.end() ? nullptr : &*found;
}

const Operation* Contract::operation(std::string_view id) const {
  const auto by_id = std::ranges::find(operations, id, &Operation::id);
  if (by_id != operations.end()) return &*by_id;
  const auto space = id.find(' ');
  if (space == std::string_view::npos) return nullptr;
  const auto by_path = std::ranges::find_if(operations, [&](const Operation& operation) {
    return operation.method_name == id.substr(0, space) && operation.path == id.substr(space + 1);
  });
  return by_path == operations.end() ? nullptr : &*by_path;
}

bool Contract::usable() const { return std::ranges::none_of(problems, &Problem::fatal); }

const json::Node* Contract::resolve(const json::Node& node) const { return references->known_end(node); }

}  // namespace portico::contract
