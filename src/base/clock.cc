#include "base/clock.h"

#include <array>
#include <chrono>

namespace portico {

void append_rfc3339(std::string& out, std::int64_t wall_us) {
  using namespace std::chrono;
  const sys_time<microseconds> time{microseconds{wall_us}};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  std::array<char, 27> text{};
  const auto put = [&](std::size_t at, std::size_t width, std::int64_t value) {
    for (std::size_t i = width; i-- > 0; value /= 10) text[at + i] = static_cast<char>('0' + value % 10);
  };
  put(0, 4, int{date.year()});
  text[4] = '-';
  put(5, 2, unsigned{date.month()});
  text[7] = '-';
  put(8, 2, unsigned{date.day()});
  text[10] = 'T';
  put(11, 2, clock.hours().count());
  text[13] = ':';
  put(14, 2, clock.minutes().count());
  text[16] = ':';
  put(17, 2, clock.seconds().count());
  text[19] = '.';
  put(20, 6, clock.subseconds().count());
  text[26] = 'Z';
  out.append(text.data(), text.size());
}

}  // namespace portico
