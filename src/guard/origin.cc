#include "guard/origin.h"

#include <ranges>

#include "address/list_file.h"
#include "base/text.h"
#include "guard/checks.h"
#include "state/reader.h"

namespace portico::guard {
namespace {

void add_networks(const std::vector<std::string>& networks, std::vector<address::Range>& to) {
  for (const std::string& text : networks) {
    if (const auto network = address::parse_network(text)) to.push_back(address::range_of(*network));
  }
}

Result<address::Set> make_set(const std::vector<std::string>& networks, const std::vector<std::string>& files) {
  std::vector<address::Range> ranges;
  add_networks(networks, ranges);
  for (const std::string& file : files) PORTICO_CHECK_OK(address::read_list_file(file, ranges));
  return address::Set::make(std::move(ranges));
}

}  // namespace

Result<Origin> Origin::make(const policy::Policy& policy) {
  Origin origin;
  PORTICO_TRY(origin.trusted_, make_set(policy.trusted_proxies, {}));
  const bool is_rfc7239 = policy.proxy_field == policy::ProxyField::kForwarded;
  origin.syntax_ = is_rfc7239 ? address::ForwardedSyntax::kForwarded : address::ForwardedSyntax::kXForwardedFor;
  origin.field_ = is_rfc7239 ? "forwarded" : "x-forwarded-for";
  const policy::Addresses& addresses = policy.addresses;
  origin.has_allowed_ = !addresses.allow.empty() || !addresses.allow_files.empty();
  PORTICO_TRY(origin.allowed_, make_set(addresses.allow, addresses.allow_files));
  PORTICO_TRY(origin.denied_, make_set(addresses.deny, addresses.deny_files));
  return origin;
}

bool Origin::find_client(const RequestHead& head, address::Ip& client) const {
  client = address::from_bytes(head.address);
  address::ClientFinder finder(client, trusted_, syntax_);
  if (!finder.wants_more()) return true;
  for (const HeaderField& field : std::views::reverse(head.headers)) {
    if (!finder.wants_more()) break;
    if (equal_ignoring_case(field.name, field_) && !finder.read(field.value)) return false;
  }
  client = finder.client();
  return true;
}

Decision Origin::check(const Shared& shared, const RequestHead& head, address::Ip& client) const {
  if (!find_client(head, client)) return refuse(RuleId::kRequestForwardedMalformed, "header/" + std::string(field_));
  if ((has_allowed_ && !allowed_.contains(client)) || denied_.contains(client)) {
    return refuse(RuleId::kRequestAddressDenied);
  }
  if (shared.state != nullptr && shared.state->find(client, head.wall_us))
    return refuse(RuleId::kRequestAddressBlocked);
  return {};
}

}  // namespace portico::guard
