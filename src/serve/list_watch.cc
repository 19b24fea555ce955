#include "serve/list_watch.h"

#include <sys/stat.h>

#include "state/writer.h"

namespace portico::serve {

std::string ListWatch::appearance() const {
  std::string text;
  for (const auto* sources : {&allow_, &deny_}) {
    for (const std::string& file : sources->files) {
      struct stat status{};
      if (::stat(file.c_str(), &status) != 0) {
        text += "missing ";
        continue;
      }
      for (const auto number :
           {static_cast<std::int64_t>(status.st_ino), static_cast<std::int64_t>(status.st_size),
            static_cast<std::int64_t>(status.st_mtim.tv_sec), static_cast<std::int64_t>(status.st_mtim.tv_nsec)}) {
        (text += std::to_string(number)) += ' ';
      }
    }
  }
  return text;
}

Result<void> ListWatch::publish() {
  PORTICO_TRY(const address::Lists lists, address::Lists::compile(allow_, deny_));
  struct stat status{};
  const bool known = ::stat(state_.c_str(), &status) == 0;
  PORTICO_CHECK_OK(lists.write(address::lists_path(state_), known ? status.st_gid : UINT32_MAX));
  PORTICO_TRY(state::Writer writer, state::Writer::open(state_));
  writer.publish_lists();
  report_("published the address lists: " + std::to_string(lists.allowed().range_count()) + " allowed and " +
          std::to_string(lists.denied().range_count()) + " denied ranges");
  return {};
}

std::int64_t ListWatch::run(std::stop_token) {
  constexpr std::int64_t kEvery = INT64_C(1'000'000'000);
  std::string now = appearance();
  if (now == seen_) return kEvery;
  seen_ = std::move(now);
  // A file that is being written looks different again in a second, and is read then.
  if (const auto published = publish(); !published) {
    report_(to_string(published.error()) + "; the lists of before stay in force");
  }
  return kEvery;
}

}  // namespace portico::serve
