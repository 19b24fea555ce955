#include "finding/baseline.h"

#include "json/reader.h"
#include "json/tree.h"

namespace portico::finding {

Result<Baseline> Baseline::read(std::string_view json, const std::string& name) {
  json::Documents documents;
  json::Document& document = documents.add(name, "");
  PORTICO_CHECK_OK(json::read_json(json, document));
  const json::Node* findings = document.root->find("findings");
  if (document.root->text_of("format") != "portico-findings/1" || findings == nullptr || !findings->is_array()) {
    return failure(ErrorCode::kInvalid, "not a report of findings", documents.place(*document.root),
                   "A baseline is what --format json writes.");
  }
  Baseline baseline;
  for (const json::Node* finding : findings->items()) {
    if (const auto fingerprint = finding->text_of("fingerprint"); !fingerprint.empty()) {
      baseline.fingerprints_.emplace(fingerprint);
    }
  }
  return baseline;
}

void Baseline::apply(std::vector<Finding>& findings) const {
  for (Finding& finding : findings) {
    if (finding.standing == Standing::kOpen && fingerprints_.contains(finding.fingerprint)) {
      finding.standing = Standing::kKnown;
    }
  }
}

}  // namespace portico::finding
