#include "guard/groups.h"

#include <algorithm>

#include "base/text.h"

namespace portico::guard {
namespace {

Result<std::vector<std::string>> countries(const std::vector<std::string>& texts) {
  std::vector<std::string> codes;
  for (const std::string& text : texts) {
    if (text.size() != 2 || !is_alpha(text[0]) || !is_alpha(text[1])) {
      return failure(ErrorCode::kInvalid, "\"" + printable(text) + "\" is no country code", {},
                     "Countries are two letters (ISO 3166-1), such as DE.");
    }
    std::string& code = codes.emplace_back(text);
    for (char& c : code) c = is_alpha(c) ? static_cast<char>(c & ~0x20) : c;
  }
  return codes;
}

Result<std::vector<std::uint32_t>> networks(const std::vector<std::string>& texts) {
  std::vector<std::uint32_t> numbers;
  for (const std::string& text : texts) {
    const bool named = text.size() > 2 && equal_ignoring_case(std::string_view(text).substr(0, 2), "AS");
    const auto number = named ? parse_uint(std::string_view(text).substr(2)) : std::nullopt;
    if (!number || *number == 0 || *number > UINT32_MAX) {
      return failure(ErrorCode::kInvalid, "\"" + printable(text) + "\" is no autonomous system", {},
                     "Networks are named by their numbers, such as AS64500.");
    }
    numbers.push_back(static_cast<std::uint32_t>(*number));
  }
  return numbers;
}

template <class T, class Value>
bool denied(const std::vector<T>& allow, const std::vector<T>& deny, const Value& value) {
  return (!allow.empty() && std::ranges::find(allow, value) == allow.end()) ||
         std::ranges::find(deny, value) != deny.end();
}

}  // namespace

Result<CountryGroups> CountryGroups::make(const policy::AddressGroups& groups) {
  CountryGroups made;
  if (groups.database.empty()) return made;
  PORTICO_TRY(made.database_, address::Database::open(groups.database));
  PORTICO_TRY(made.allow_, countries(groups.allow));
  PORTICO_TRY(made.deny_, countries(groups.deny));
  return made;
}

bool CountryGroups::denies(address::Ip ip) const { return database_ && denied(allow_, deny_, database_.country(ip)); }

Result<NetworkGroups> NetworkGroups::make(const policy::AddressGroups& groups) {
  NetworkGroups made;
  if (groups.database.empty()) return made;
  PORTICO_TRY(made.database_, address::Database::open(groups.database));
  PORTICO_TRY(made.allow_, networks(groups.allow));
  PORTICO_TRY(made.deny_, networks(groups.deny));
  return made;
}

bool NetworkGroups::denies(address::Ip ip) const { return database_ && denied(allow_, deny_, database_.network(ip)); }

}  // namespace portico::guard
