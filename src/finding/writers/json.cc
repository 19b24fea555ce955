#include "finding/writers/json.h"

#include "json/writer.h"

namespace portico::finding {
namespace {

void write_location(json::Writer& writer, const Location& location) {
  writer.begin_object();
  writer.text_unless_empty("file", location.place.file);
  if (location.place.line != 0) writer.key("line").unsigned_integer(location.place.line);
  if (location.place.column != 0) writer.key("column").unsigned_integer(location.place.column);
  writer.text_unless_empty("pointer", location.pointer);
  writer.text_unless_empty("operation", location.operation);
  writer.end_object();
}

void write_classes(json::Writer& writer, const Rule& rule) {
  writer.key("owasp").begin_array();
  for (const auto& category :
       {owasp_category(OwaspEdition::k2019, rule.owasp_2019), owasp_category(OwaspEdition::k2023, rule.owasp_2023)}) {
    if (!category.id.empty()) writer.string(category.id);
  }
  writer.end_array();
  writer.key("cwe").begin_array();
  for (const auto cwe : rule.cwe) {
    if (cwe != 0) writer.unsigned_integer(cwe);
  }
  writer.end_array();
}

void write_finding(json::Writer& writer, const Finding& finding) {
  const Rule& rule = *finding.rule;
  writer.begin_object();
  writer.key("rule").string(rule.id);
  writer.key("title").string(rule.title);
  writer.key("pillar").string(name(rule.pillar));
  writer.key("severity").string(name(finding.severity));
  write_classes(writer, rule);
  writer.key("message").string(finding.message);
  writer.key("location");
  write_location(writer, finding.location);
  writer.text_unless_empty("evidence", finding.evidence);
  if (!finding.related.empty()) {
    writer.key("related").begin_array();
    for (const Related& related : finding.related) {
      writer.begin_object();
      writer.key("message").string(related.message);
      writer.key("location");
      write_location(writer, related.location);
      writer.end_object();
    }
    writer.end_array();
  }
  if (!finding.operations.empty()) writer.key("operations").unsigned_integer(finding.operations.size());
  if (finding.deduction != 0) {
    writer.key("deduction").number(finding.deduction);
    writer.key("gain").number(finding.gain);
  }
  writer.key("remedy").string(rule.remedy);
  writer.key("fingerprint").string(finding.fingerprint);
  if (finding.standing != Standing::kOpen) {
    writer.key("standing").string(finding.standing == Standing::kKnown ? "known" : "waived");
  }
  writer.text_unless_empty("waiver", finding.waiver);
  writer.end_object();
}

}  // namespace

std::string write_json(const Report& report) {
  std::string out;
  json::Writer writer(out, json::Writer::Layout::kIndented);
  writer.begin_object();
  writer.key("format").string("portico-findings/1");
  writer.key("version").string(report.version);
  writer.key("command").string(report.command);
  writer.key("target").string(report.target);
  writer.key("operations").unsigned_integer(report.operations);
  writer.key("summary").begin_object();
  const auto counts = count_by_severity(report.findings);
  for (std::size_t i = kSeverityCount; i-- > 0;) {
    writer.key(name(static_cast<Severity>(i))).unsigned_integer(counts[i]);
  }
  writer.end_object();
  if (report.score) {
    writer.key("score").begin_object();
    writer.key("total").number(report.score->total);
    writer.key("security").number(report.score->security);
    writer.key("security_points").number(report.score->security_points);
    writer.key("data_validation").number(report.score->data_validation);
    writer.key("data_validation_points").number(report.score->data_validation_points);
    writer.end_object();
  }
  writer.key("findings").begin_array();
  for (const Finding& finding : report.findings) write_finding(writer, finding);
  writer.end_array().end_object();
  out += '\n';
  return out;
}

}  // namespace portico::finding
