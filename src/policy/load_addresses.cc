// The section `addresses`.
#include "policy/sections.h"

namespace portico::policy {
namespace {

void read_groups(Mapping& groups, AddressGroups& to, std::string_view example) {
  groups.file("database", to.database, "A file in MaxMind's format that tells of an address where it belongs");
  groups.required();
  const std::string which = ": " + std::string(example);
  groups.texts("allow", to.allow, "Nobody else may call" + which);
  groups.texts("deny", to.deny, "May not call" + which);
}

}  // namespace

void read(Mapping& addresses, Addresses& to) {
  addresses.networks("allow", to.allow, "Addresses and networks; nobody else may call");
  addresses.networks("deny", to.deny, "Addresses and networks that may not call");
  addresses.files("allow_files", to.allow_files, "Files with such addresses and networks");
  addresses.files("deny_files", to.deny_files, "Files with such addresses and networks");
  addresses.mapping(
      "countries", "countries", [&](Mapping& countries) { read_groups(countries, to.countries, "DE, by ISO 3166-1"); },
      "Where addresses are registered");
  addresses.mapping(
      "networks", "networks", [&](Mapping& networks) { read_groups(networks, to.networks, "AS64500"); },
      "Whose addresses they are: autonomous systems");
}

}  // namespace portico::policy
