// A child process that runs in the foreground of ours: it gets our signals in its own words and never outlives us.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"

namespace portico::cli {

struct ForegroundHooks {
  std::function<bool()> is_ready;  // polled until true, then `on_ready` once
  std::function<void()> on_ready;
  std::function<bool()> before_reload;  // SIGHUP: false keeps the child as it is
};

// While it lives, the signals that run_in_foreground() answers wait for it, so that none ends the program before it has
// tidied up.
class HeldSignals {
 public:
  HeldSignals();
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  ~HeldSignals();

 private:
  sigset_t before_;
};

// Starts nginx with `arguments` and stays until it is gone. SIGINT and SIGTERM let it finish its requests and stop;
// a second one, or ten seconds, stop it at once. SIGHUP reloads, SIGUSR1 reopens logs. Returns the exit code.
int run_in_foreground(const std::vector<std::string>& arguments, const ForegroundHooks& hooks);

// Runs nginx, with `arguments`, to its end. What it says goes where ours does. Returns its exit code.
int run_to_end(const std::vector<std::string>& arguments);

}  // namespace portico::cli
