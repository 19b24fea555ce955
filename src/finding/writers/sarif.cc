#include "finding/writers/sarif.h"

#include <map>
#include <vector>

#include "base/text.h"
#include "base/uri.h"
#include "finding/fingerprint.h"
#include "finding/writers/rule_page.h"
#include "json/writer.h"

namespace portico::finding {
namespace {

constexpr std::string_view kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
constexpr std::string_view kRootId = "%SRCROOT%";

std::string_view level_of(Severity severity) {
  switch (severity) {
    case Severity::kCritical:
    case Severity::kHigh: return "error";
    case Severity::kMedium: return "warning";
    case Severity::kLow:
    case Severity::kInfo: break;
  }
  return "note";
}

// A number in the manner of CVSS; GitHub shows over 9.0 as critical, from 7.0 high, from 4.0 medium, below low.
std::string_view security_severity(Severity severity) {
  switch (severity) {
    case Severity::kCritical: return "9.5";
    case Severity::kHigh: return "8.0";
    case Severity::kMedium: return "5.5";
    case Severity::kLow: return "3.0";
    case Severity::kInfo: break;
  }
  return "0.0";
}

void write_message(json::Writer& writer, std::string_view key, std::string_view text) {
  writer.key(key).begin_object().key("text").string(text).end_object();
}

void write_tags(json::Writer& writer, const Rule& rule) {
  writer.key("tags").begin_array().string("security").string(name(rule.pillar));
  for (const auto& category :
       {owasp_category(OwaspEdition::k2019, rule.owasp_2019), owasp_category(OwaspEdition::k2023, rule.owasp_2023)}) {
    if (!category.id.empty()) writer.string("OWASP " + std::string(category.id));
  }
  // The spelling that code scanning groups by.
  for (const auto cwe : rule.cwe) {
    if (cwe != 0) writer.string("external/cwe/cwe-" + std::to_string(cwe));
  }
  if (!rule.asvs.empty()) {
    for (const auto requirement : split(rule.asvs, ',')) writer.string("ASVS 5.0 " + std::string(trim(requirement)));
  }
  writer.end_array();
}

void write_rule(json::Writer& writer, const Rule& rule) {
  writer.begin_object();
  writer.key("id").string(rule.id);
  write_message(writer, "shortDescription", rule.title);
  write_message(writer, "fullDescription", rule.why);
  writer.key("help").begin_object();
  writer.key("text").string(std::string(rule.why) + "\n\nRemedy: " + std::string(rule.remedy));
  writer.key("markdown").string(write_rule_help(rule));
  writer.end_object();
  writer.key("defaultConfiguration").begin_object().key("level").string(level_of(rule.severity)).end_object();
  writer.key("properties").begin_object();
  write_tags(writer, rule);
  writer.key("precision").string(name(rule.precision));
  writer.key("problem.severity").string(rule.severity >= Severity::kHigh ? "error" : "warning");
  writer.key("security-severity").string(security_severity(rule.severity));
  writer.end_object();
  writer.end_object();
}

class SarifWriter {
 public:
  SarifWriter(const Report& report, std::string& out)
      : report_(&report), writer_(out, json::Writer::Layout::kIndented) {
    for (const Rule& rule : report.rules) add(rule);
    for (const Finding& finding : report.findings) add(*finding.rule);
  }

  void write() {
    writer_.begin_object();
    writer_.key("$schema").string(kSchema);
    writer_.key("version").string("2.1.0");
    writer_.key("runs").begin_array().begin_object();
    driver();
    writer_.key("automationDetails").begin_object();
    writer_.key("id").string("portico-" + std::string(report_->command) + "/" +
                             artifact_uri(report_->target, report_->root) + "/");
    writer_.end_object();
    writer_.key("originalUriBaseIds").begin_object().key(kRootId).begin_object();
    write_message(writer_, "description", "The folder in which Portico ran");
    writer_.end_object().end_object();
    writer_.key("columnKind").string("unicodeCodePoints");
    writer_.key("results").begin_array();
    for (const Finding& finding : report_->findings) result(finding);
    writer_.end_array();
    writer_.end_object().end_array().end_object();
  }

 private:
  void add(const Rule& rule) {
    if (index_.try_emplace(&rule, rules_.size()).second) rules_.push_back(&rule);
  }

  void driver() {
    writer_.key("tool").begin_object().key("driver").begin_object();
    writer_.key("name").string("Portico");
    writer_.text_unless_empty("version", report_->version);
    writer_.key("rules").begin_array();
    for (const Rule* rule : rules_) write_rule(writer_, *rule);
    writer_.end_array();
    writer_.end_object().end_object();
  }

  // Members of a `location` object; nothing for a place without a file.
  void physical(const Location& location) {
    if (location.place.file.empty()) return;
    writer_.key("physicalLocation").begin_object();
    writer_.key("artifactLocation").begin_object();
    const std::string uri = artifact_uri(location.place.file, report_->root);
    writer_.key("uri").string(uri);
    if (!uri.starts_with("file:")) writer_.key("uriBaseId").string(kRootId);
    writer_.end_object();
    if (location.place.line != 0) {
      writer_.key("region").begin_object();
      writer_.key("startLine").unsigned_integer(location.place.line);
      if (location.place.column != 0) writer_.key("startColumn").unsigned_integer(location.place.column);
      writer_.end_object();
    }
    writer_.end_object();
  }

  void logical(const Location& location) {
    if (location.pointer.empty() && location.operation.empty()) return;
    writer_.key("logicalLocations").begin_array();
    if (!location.pointer.empty()) {
      writer_.begin_object();
      writer_.key("fullyQualifiedName").string(location.pointer);
      writer_.key("kind").string("object");
      writer_.end_object();
    }
    if (!location.operation.empty()) {
      writer_.begin_object();
      writer_.key("name").string(location.operation);
      writer_.key("kind").string("function");
      writer_.end_object();
    }
    writer_.end_array();
  }

  void result(const Finding& finding) {
    writer_.begin_object();
    writer_.key("ruleId").string(finding.rule->id);
    writer_.key("ruleIndex").unsigned_integer(index_.at(finding.rule));
    writer_.key("level").string(level_of(finding.severity));
    write_message(writer_, "message",
                  finding.evidence.empty() ? finding.message : finding.message + " [" + finding.evidence + "]");
    writer_.key("locations").begin_array().begin_object();
    physical(finding.location);
    logical(finding.location);
    writer_.end_object().end_array();
    if (!finding.related.empty()) related(finding);
    if (!finding.fingerprint.empty()) {
      writer_.key("partialFingerprints").begin_object();
      writer_.key(kFingerprintName).string(finding.fingerprint);
      writer_.end_object();
    }
    if (report_->compared) {
      writer_.key("baselineState").string(finding.standing == Standing::kKnown ? "unchanged" : "new");
    }
    if (finding.standing == Standing::kWaived) {
      writer_.key("suppressions").begin_array().begin_object();
      writer_.key("kind").string("external").key("status").string("accepted");
      writer_.key("justification").string(finding.waiver);
      writer_.end_object().end_array();
    }
    writer_.key("properties").begin_object();
    writer_.key("severity").string(name(finding.severity));
    // GitHub takes the severity of the rule; others read it here.
    writer_.key("security-severity").string(security_severity(finding.severity));
    writer_.end_object();
    writer_.end_object();
  }

  void related(const Finding& finding) {
    writer_.key("relatedLocations").begin_array();
    std::uint64_t id = 0;
    for (const Related& related : finding.related) {
      writer_.begin_object();
      writer_.key("id").unsigned_integer(++id);
      physical(related.location);
      logical(related.location);
      write_message(writer_, "message", related.message);
      writer_.end_object();
    }
    writer_.end_array();
  }

  const Report* report_;
  json::Writer writer_;
  std::vector<const Rule*> rules_;
  std::map<const Rule*, std::size_t> index_;
};

}  // namespace

std::string artifact_uri(std::string_view file, std::string_view root) {
  if (file.starts_with("https://") || file.starts_with("http://")) return std::string(file);
  while (file.starts_with("./")) file.remove_prefix(2);
  while (root.ends_with('/')) root.remove_suffix(1);
  std::string uri;
  if (file.starts_with('/')) {
    if (!root.empty() && file.starts_with(root) && file.substr(root.size()).starts_with('/')) {
      file.remove_prefix(root.size() + 1);
    } else {
      uri = "file://";
    }
  }
  for (const char c : percent_encode_path(file)) {
    // The first segment of a relative reference must not look like a scheme (RFC 3986, section 4.2).
    if (c == ':') {
      uri += "%3A";
    } else {
      uri += c;
    }
  }
  return uri;
}

std::string write_sarif(const Report& report) {
  std::string out;
  SarifWriter(report, out).write();
  out += '\n';
  return out;
}

}  // namespace portico::finding
