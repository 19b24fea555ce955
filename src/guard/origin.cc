#include "guard/origin.h"

#include <algorithm>
#include <ranges>

#include "base/text.h"
#include "guard/checks.h"
#include "guard/worker.h"
#include "state/reader.h"

namespace portico::guard {
namespace {}  // namespace

Result<Origin> Origin::make(const policy::Policy& policy) {
  Origin origin;
  PORTICO_TRY(origin.trusted_, address::compile({policy.trusted_proxies, {}}));
  const bool is_rfc7239 = policy.proxy_field == policy::ProxyField::kForwarded;
  origin.syntax_ = is_rfc7239 ? address::ForwardedSyntax::kForwarded : address::ForwardedSyntax::kXForwardedFor;
  origin.field_ = is_rfc7239 ? "forwarded" : "x-forwarded-for";
  const address::ListSources allow{policy.addresses.allow, policy.addresses.allow_files};
  const address::ListSources deny{policy.addresses.deny, policy.addresses.deny_files};
  origin.has_allowed_ = !allow.empty();
  origin.has_files_ = !allow.files.empty() || !deny.files.empty();
  origin.sources_ = address::Lists::hash_of(allow, deny);
  PORTICO_TRY(origin.lists_, address::Lists::compile(allow, deny));
  PORTICO_TRY(origin.countries_, CountryGroups::make(policy.addresses.countries));
  PORTICO_TRY(origin.networks_, NetworkGroups::make(policy.addresses.networks));
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

// The newest that there are: what `portico serve` has compiled since this guard was made, or what it was made with.
const address::Lists& Origin::lists(Worker::State& worker, const Shared& shared) const {
  if (!has_files_ || shared.state == nullptr) return lists_;
  auto found = std::ranges::find(worker.newer_lists, this, &NewerLists::origin);
  if (found == worker.newer_lists.end()) {
    found = worker.newer_lists.insert(found, NewerLists{.origin = this});
  }
  if (const std::uint64_t epoch = shared.state->lists_epoch(); epoch != found->epoch) {
    found->epoch = epoch;
    auto mapped = address::Lists::map(address::lists_path(shared.state->path()), sources_);
    if (mapped && mapped->started_us() > lists_.started_us()) {
      found->lists = *std::move(mapped);
      found->usable = true;
    }
  }
  return found->usable ? found->lists : lists_;
}

bool Origin::is_denied(Worker::State& worker, const Shared& shared, address::Ip client) const {
  const address::Lists& lists = this->lists(worker, shared);
  return (has_allowed_ && !lists.allowed().contains(client)) || lists.denied().contains(client) ||
         countries_.denies(client) || networks_.denies(client);
}

Decision Origin::check(Worker::State& worker, const Shared& shared, const RequestHead& head,
                       address::Ip& client) const {
  if (!find_client(head, client)) return refuse(RuleId::kRequestForwardedMalformed, "header/" + std::string(field_));
  if (is_denied(worker, shared, client)) return refuse(RuleId::kRequestAddressDenied);
  if (shared.state != nullptr && shared.state->find(client, head.wall_us))
    return refuse(RuleId::kRequestAddressBlocked);
  return {};
}

}  // namespace portico::guard
