#include "finding/writers/text.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/text.h"
#include "finding/writers/points.h"

namespace portico::finding {
namespace {

constexpr std::string_view kReset = "\x1b[0m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kFaint = "\x1b[2m";

std::string_view colour_of(Severity severity) {
  switch (severity) {
    case Severity::kCritical: return "\x1b[1;35m";
    case Severity::kHigh: return "\x1b[1;31m";
    case Severity::kMedium: return "\x1b[33m";
    case Severity::kLow: return "\x1b[36m";
    case Severity::kInfo: return "\x1b[2m";
  }
  return kReset;
}

class TextWriter {
 public:
  TextWriter(const Report& report, Colour colour) : report_(&report), colour_(colour) {}

  std::string write() {
    for (const Finding& finding : report_->findings) {
      if (finding.standing != Standing::kKnown) line(finding);
    }
    if (std::ranges::any_of(report_->findings, is_open)) {
      out_ += '\n';
      by_rule();
    }
    total();
    return std::move(out_);
  }

 private:
  void painted(std::string_view code, std::string_view text) {
    if (colour_ == Colour::kOn) out_ += code;
    out_ += text;
    if (colour_ == Colour::kOn) out_ += kReset;
  }

  // Names in messages come from documents that somebody else wrote: no control character of theirs reaches a terminal.
  static std::string shown(const std::string& text) { return printable(text, text.size()); }

  static bool is_open(const Finding& finding) { return finding.standing == Standing::kOpen; }

  void line(const Finding& finding) {
    const std::string place = shown(to_string(finding.location.place));
    if (!place.empty()) painted(kBold, place + ":");
    if (!place.empty()) out_ += ' ';
    painted(colour_of(finding.severity), name(finding.severity));
    out_ += ' ';
    painted(kFaint, std::string(finding.rule->id) + ":");
    out_ += ' ' + shown(finding.message);
    if (!finding.evidence.empty()) out_ += " [" + shown(finding.evidence) + "]";
    if (finding.standing == Standing::kWaived) painted(kFaint, " (waived by " + shown(finding.waiver) + ")");
    out_ += '\n';
  }

  // The rules that spoke, most severe and most frequent first, so that a long report ends in what matters.
  void by_rule() {
    struct Tally {
      const Rule* rule;
      Severity worst;
      std::size_t count;
    };
    std::map<std::string_view, Tally> tallies;
    for (const Finding& finding : report_->findings) {
      if (!is_open(finding)) continue;
      auto& tally = tallies.try_emplace(finding.rule->id, Tally{finding.rule, finding.severity, 0}).first->second;
      tally.worst = std::max(tally.worst, finding.severity);
      ++tally.count;
    }
    std::vector<Tally> sorted;
    sorted.reserve(tallies.size());
    for (const auto& [id, tally] : tallies) sorted.push_back(tally);
    std::ranges::sort(sorted, [](const Tally& a, const Tally& b) {
      return std::tuple(b.worst, b.count, a.rule->id) < std::tuple(a.worst, a.count, b.rule->id);
    });
    for (const Tally& tally : sorted) {
      const std::string count = std::to_string(tally.count);
      out_.append(count.size() < kCountWidth ? kCountWidth - count.size() : 0, ' ');
      out_ += count + "  ";
      const auto severity = name(tally.worst);
      painted(colour_of(tally.worst), severity);
      out_.append(kSeverityWidth - severity.size(), ' ');
      out_ += std::string(tally.rule->id) + ": " + std::string(tally.rule->title) + '\n';
    }
    out_ += '\n';
  }

  void total() {
    const auto counts = count_by_severity(report_->findings);
    const std::size_t findings = count_standing(report_->findings, Standing::kOpen);
    const std::size_t known = count_standing(report_->findings, Standing::kKnown);
    const std::size_t waived = count_standing(report_->findings, Standing::kWaived);
    const std::string_view fresh = known == 0 ? "" : "new ";
    std::string line = shown(std::string(report_->target)) + ": ";
    line += (findings == 0 ? "no " : std::to_string(findings) + " ") + std::string(fresh) +
            (findings == 1 ? "finding" : "findings");
    if (report_->operations != 0) {
      line += " in " + std::to_string(report_->operations) + (report_->operations == 1 ? " operation" : " operations");
    }
    painted(kBold, line);
    std::string_view separator = " (";
    for (std::size_t i = kSeverityCount; i-- > 0;) {
      if (counts[i] == 0) continue;
      out_ += separator;
      painted(colour_of(static_cast<Severity>(i)),
              std::to_string(counts[i]) + " " + std::string(name(static_cast<Severity>(i))));
      separator = ", ";
    }
    if (findings != 0) out_ += ')';
    if (known != 0) out_ += ", " + std::to_string(known) + " known before";
    if (waived != 0) out_ += ", " + std::to_string(waived) + " waived";
    out_ += '\n';
    if (report_->score) score(*report_->score);
  }

  void score(const ReportScore& score) {
    painted(kBold, "score " + points(score.total) + " of 100");
    out_ += ": security " + points(score.security) + " of " + points(score.security_points) + ", data validation " +
            points(score.data_validation) + " of " + points(score.data_validation_points) + '\n';
  }

  static constexpr std::size_t kCountWidth = 7;
  static constexpr std::size_t kSeverityWidth = 10;

  const Report* report_;
  Colour colour_;
  std::string out_;
};

}  // namespace

std::string write_text(const Report& report, Colour colour) { return TextWriter(report, colour).write(); }

}  // namespace portico::finding
