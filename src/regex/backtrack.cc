#include "regex/backtrack.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>

namespace portico::regex {
namespace {

// About 12 ns a step: a match ends within half a millisecond on the machines of 2020.
constexpr std::uint32_t kSteps = 40'000;
constexpr std::uint32_t kDepth = 4'000;
constexpr std::uint32_t kKibibytes = 1'024;

struct ContextFree {
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};
struct DataFree {
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};

// What a match needs, once a thread: its limits, and a place for the result that keeps PCRE2's own stack.
struct Workplace {
  std::unique_ptr<pcre2_match_context, ContextFree> context{pcre2_match_context_create(nullptr)};
  std::unique_ptr<pcre2_match_data, DataFree> data{pcre2_match_data_create(1, nullptr)};

  Workplace() {
    if (context == nullptr) return;
    pcre2_set_match_limit(context.get(), kSteps);
    pcre2_set_depth_limit(context.get(), kDepth);
    pcre2_set_heap_limit(context.get(), kKibibytes);
  }
};

}  // namespace

void Backtracking::Free::operator()(void* code) const { pcre2_code_free(static_cast<pcre2_code*>(code)); }

Result<Backtracking> Backtracking::compile(const std::string& pcre2) {
  const std::string whole = "(?s:.)*?(?:" + pcre2 + ")";
  int error = 0;
  PCRE2_SIZE offset = 0;
  constexpr std::uint32_t kOptions = PCRE2_UTF | PCRE2_ANCHORED | PCRE2_MATCH_UNSET_BACKREF;
  pcre2_code* code =
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(whole.data()), whole.size(), kOptions, &error, &offset, nullptr);
  if (code == nullptr) {
    std::array<PCRE2_UCHAR, 200> text{};
    pcre2_get_error_message(error, text.data(), text.size());
    return failure(ErrorCode::kUnsupported,
                   "no engine can run it: " + std::string(reinterpret_cast<const char*>(text.data())));
  }
  Backtracking made;
  made.code_.reset(code);
  return made;
}

Match Backtracking::search(std::string_view subject) const {
  thread_local Workplace workplace;
  if (workplace.context == nullptr || workplace.data == nullptr) return Match::kGaveUp;
  const int found = pcre2_match(static_cast<const pcre2_code*>(code_.get()),
                                reinterpret_cast<PCRE2_SPTR>(subject.empty() ? "" : subject.data()), subject.size(), 0,
                                0, workplace.data.get(), workplace.context.get());
  if (found >= 0) return Match::kYes;
  return found == PCRE2_ERROR_NOMATCH ? Match::kNo : Match::kGaveUp;
}

std::size_t Backtracking::footprint() const {
  std::size_t bytes = 0;
  pcre2_pattern_info(static_cast<const pcre2_code*>(code_.get()), PCRE2_INFO_SIZE, &bytes);
  return bytes;
}

}  // namespace portico::regex
