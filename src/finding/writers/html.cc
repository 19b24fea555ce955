#include "finding/writers/html.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "base/html.h"
#include "base/text.h"
#include "finding/writers/points.h"

namespace portico::finding {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --critical: #a1102a; --high: #d9480f; --medium: #b58900;
  --low: #2b8a3e; --info: #5c7080; }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 80rem; padding: 1.5rem; }
h1 { font-size: 1.5rem; margin: 0 0 .2rem; } .faint { opacity: .7; }
.cards { display: flex; flex-wrap: wrap; gap: 1rem; margin: 1.2rem 0; }
.card { border: 1px solid var(--line); border-radius: .5rem; flex: 1 1 14rem; padding: .8rem 1rem; }
.card b { display: block; font-size: 1.7rem; line-height: 1.2; }
meter { width: 100%; height: .8rem; }
form { background: Canvas; border-bottom: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: .3rem 1rem;
  padding: .6rem 0; position: sticky; top: 0; z-index: 1; }
input[type=search] { flex: 1 1 16rem; font: inherit; padding: .3rem .6rem; }
label { white-space: nowrap; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .6rem 0; }
summary { cursor: pointer; padding: .6rem .9rem; }
summary code { font-size: .85rem; opacity: .75; }
.count { float: right; opacity: .7; }
.tag { border-radius: .3rem; color: #fff; display: inline-block; font-size: .78rem; min-width: 4.2rem; padding: 0 .4rem;
  text-align: center; }
.critical { background: var(--critical); } .high { background: var(--high); } .medium { background: var(--medium); }
.low { background: var(--low); } .info { background: var(--info); }
.about { background: var(--soft); margin: 0; padding: .6rem .9rem; }
table { border-collapse: collapse; font-size: .9rem; width: 100%; }
td { border-top: 1px solid var(--line); padding: .4rem .9rem; vertical-align: top; }
td.gain { text-align: right; white-space: nowrap; }
td code { overflow-wrap: anywhere; }
.hidden { display: none; }
@media print { form { display: none; } details { break-inside: avoid; } }
)";

// Shows the rows that the boxes and the words allow, and the rules that have such rows.
constexpr std::string_view kScript = R"(
const form = document.querySelector('form');
function filter() {
  const words = form.words.value.toLowerCase().split(' ').filter(Boolean);
  const severities = new Set([...form.querySelectorAll('[name=severity]:checked')].map(box => box.value));
  const standings = new Set([...form.querySelectorAll('[name=standing]:checked')].map(box => box.value));
  for (const rule of document.querySelectorAll('details')) {
    const title = rule.querySelector('summary').textContent.toLowerCase();
    let shown = 0;
    for (const row of rule.querySelectorAll('tr')) {
      const text = title + ' ' + row.textContent.toLowerCase();
      const show = severities.has(row.dataset.severity) && standings.has(row.dataset.standing) &&
        words.every(word => text.includes(word));
      row.classList.toggle('hidden', !show);
      if (show) ++shown;
    }
    rule.classList.toggle('hidden', shown === 0);
    rule.querySelector('.count').textContent = shown;
  }
}
form.addEventListener('input', filter);
form.addEventListener('submit', event => event.preventDefault());
filter();
)";

// For the page's policy: only this script, byte for byte.
std::string hash_of(std::string_view script) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(script.data()), script.size(), digest.data());
  std::array<unsigned char, 64> text{};
  const int length = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
  return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(length)};
}

std::string_view standing_name(Standing standing) {
  switch (standing) {
    case Standing::kKnown: return "known";
    case Standing::kWaived: return "waived";
    case Standing::kOpen: break;
  }
  return "open";
}

struct Group {
  const Rule* rule;
  Severity worst = Severity::kInfo;
  double deduction = 0;
  std::vector<const Finding*> findings;
};

// The worst rules first, and of those the ones that cost most.
std::vector<Group> groups_of(const Report& report) {
  std::map<std::string_view, Group> by_rule;
  for (const Finding& finding : report.findings) {
    Group& group = by_rule.try_emplace(finding.rule->id, Group{.rule = finding.rule, .findings = {}}).first->second;
    group.worst = std::max(group.worst, finding.severity);
    group.deduction += finding.deduction;
    group.findings.push_back(&finding);
  }
  std::vector<Group> groups;
  for (auto& [id, group] : by_rule) {
    std::ranges::stable_sort(group.findings,
                             [](const Finding* a, const Finding* b) { return a->severity > b->severity; });
    groups.push_back(std::move(group));
  }
  std::ranges::stable_sort(groups, [](const Group& a, const Group& b) {
    return std::pair(a.worst, a.deduction) > std::pair(b.worst, b.deduction);
  });
  return groups;
}

class HtmlWriter {
 public:
  explicit HtmlWriter(const Report& report) : report_(&report) {}

  std::string write() {
    head();
    cards();
    controls();
    for (const Group& group : groups_of(*report_)) section(group);
    if (report_->findings.empty()) out_ += "<p>Nothing was found.</p>\n";
    out_ += "<script>" + std::string(kScript) + "</script>\n</body>\n</html>\n";
    return std::move(out_);
  }

 private:
  void text(std::string_view value) { append_html(out_, value); }

  void head() {
    const std::string title = html("Portico " + std::string(report_->command) + ": " + std::string(report_->target));
    out_ =
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        "script-src 'sha256-" +
        hash_of(kScript) + "'\">\n<title>" + title + "</title>\n<style>" + std::string(kStyle) +
        "</style>\n</head>\n<body>\n<h1>" + html(report_->target) + "</h1>\n<p class=\"faint\">";
    text(std::to_string(report_->operations) + " operations, " + std::to_string(report_->findings.size()) +
         " findings, Portico " + std::string(report_->version));
    out_ += "</p>\n";
  }

  void card(std::string_view title, double value, double of) {
    out_ += "<div class=\"card\">" + html(title) + "<b>" + points(value) + "</b><meter min=\"0\" max=\"" + points(of) +
            "\" low=\"" + points(of * 0.5) + "\" high=\"" + points(of * 0.8) + "\" optimum=\"" + points(of) +
            "\" value=\"" + points(value) + "\"></meter><span class=\"faint\">of " + points(of) + "</span></div>\n";
  }

  void cards() {
    out_ += "<div class=\"cards\">\n";
    if (report_->score) {
      card("Score", report_->score->total, 100);
      card("Security", report_->score->security, report_->score->security_points);
      card("Data validation", report_->score->data_validation, report_->score->data_validation_points);
    }
    out_ += "<div class=\"card\">Open findings<br>";
    const auto counts = count_by_severity(report_->findings);
    for (std::size_t i = kSeverityCount; i-- > 0;) {
      tag(static_cast<Severity>(i));
      out_ += " " + std::to_string(counts[i]) + "<br>";
    }
    out_ += "</div>\n</div>\n";
  }

  void tag(Severity severity) {
    out_ += "<span class=\"tag " + std::string(name(severity)) + "\">" + std::string(name(severity)) + "</span>";
  }

  void box(std::string_view group, std::string_view value) {
    out_ += "<label><input type=\"checkbox\" name=\"" + std::string(group) + "\" value=\"" + std::string(value) +
            "\" checked> " + std::string(value) + "</label>\n";
  }

  void controls() {
    out_ +=
        "<form><input type=\"search\" name=\"words\" placeholder=\"Filter by words\" aria-label=\"Filter by words\">\n";
    for (std::size_t i = kSeverityCount; i-- > 0;) box("severity", name(static_cast<Severity>(i)));
    for (const Standing standing : {Standing::kOpen, Standing::kKnown, Standing::kWaived})
      box("standing", standing_name(standing));
    out_ += "</form>\n";
  }

  void section(const Group& group) {
    const Rule& rule = *group.rule;
    out_ += "<details><summary><span class=\"count\">" + std::to_string(group.findings.size()) + "</span>";
    tag(group.worst);
    out_ +=
        " <strong>" + html(rule.title) + "</strong> <code>" + html(rule.id) + "</code></summary>\n<p class=\"about\">";
    text(rule.why);
    out_ += "<br><strong>Remedy.</strong> ";
    text(rule.remedy);
    out_ += "<br><span class=\"faint\">";
    std::string classes;
    for (const auto& category :
         {owasp_category(OwaspEdition::k2023, rule.owasp_2023), owasp_category(OwaspEdition::k2019, rule.owasp_2019)}) {
      if (!category.id.empty()) classes += std::string(category.id) + " " + std::string(category.title) + " · ";
    }
    for (const auto cwe : rule.cwe) {
      if (cwe != 0) classes += "CWE-" + std::to_string(cwe) + " · ";
    }
    if (!rule.asvs.empty()) classes += "ASVS 5.0 " + std::string(rule.asvs);
    if (group.deduction > 0) classes += " · costs " + points(group.deduction) + " points";
    text(classes);
    out_ += "</span></p>\n<table>\n";
    for (const Finding* finding : group.findings) row(*finding);
    out_ += "</table></details>\n";
  }

  void row(const Finding& finding) {
    out_ += "<tr data-severity=\"" + std::string(name(finding.severity)) + "\" data-standing=\"" +
            std::string(standing_name(finding.standing)) + "\"><td>";
    tag(finding.severity);
    out_ += "</td><td>";
    text(finding.message);
    if (!finding.evidence.empty()) out_ += " <code>" + html(finding.evidence) + "</code>";
    out_ += "<br><code>" + html(to_string(finding.location.place)) + "</code>";
    if (!finding.location.pointer.empty())
      out_ += " <code class=\"faint\">" + html(finding.location.pointer) + "</code>";
    if (finding.standing == Standing::kWaived) out_ += "<br><em>Waived by " + html(finding.waiver) + "</em>";
    if (finding.standing == Standing::kKnown) out_ += "<br><em>Known before</em>";
    if (!finding.related.empty()) {
      out_ += "<br><span class=\"faint\">";
      for (const Related& related : finding.related) out_ += html(related.message) + "; ";
      out_ += "</span>";
    }
    out_ += "<br><code class=\"faint\">" + html(finding.fingerprint) + "</code></td><td class=\"gain\">";
    if (finding.gain > 0) out_ += "+" + points(finding.gain);
    out_ += "</td></tr>\n";
  }

  const Report* report_;
  std::string out_;
};

}  // namespace

std::string write_html(const Report& report) { return HtmlWriter(report).write(); }

}  // namespace portico::finding
