// The search for injections: whatever is sent, it ends, finds only what it was asked for, and finds it again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "injection/attack.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace portico::injection;
  if (size == 0) return 0;
  static Scratch scratch;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Context context{.one_line = (data[0] & 1) != 0};
  const Verdict any = look(text, Attacks().set(), context, scratch);
  if (!any) return 0;
  const Verdict again = look(text, Attacks().set(static_cast<std::size_t>(any.attack)), context, scratch);
  if (again.attack != any.attack) std::abort();
  Attacks others = Attacks().set();
  others.reset(static_cast<std::size_t>(any.attack));
  if (look(text, others, context, scratch).attack == any.attack) std::abort();
  return 0;
}
