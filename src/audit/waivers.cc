#include "audit/waivers.h"

#include <unordered_map>

namespace portico::audit {

std::vector<std::string> apply_waivers(std::span<const policy::Waiver> waivers, std::int64_t now,
                                       std::vector<finding::Finding>& findings) {
  std::unordered_map<std::string_view, finding::Finding*> by_fingerprint;
  for (finding::Finding& finding : findings) by_fingerprint.emplace(finding.fingerprint, &finding);
  std::vector<std::string> notes;
  for (const policy::Waiver& waiver : waivers) {
    const auto found = by_fingerprint.find(waiver.fingerprint);
    const auto note = [&](std::string_view what) {
      notes.push_back(to_string(waiver.place) + ": the waiver of " + waiver.owner + " " + std::string(what));
    };
    if (found == by_fingerprint.end()) {
      note("is of a finding that is no more");
    } else if (waiver.expires <= now) {
      note("expired on " + waiver.until);
    } else {
      found->second->standing = finding::Standing::kWaived;
      found->second->waiver = waiver.owner + " until " + waiver.until + ": " + waiver.reason;
    }
  }
  return notes;
}

}  // namespace portico::audit
