#include "cli/nginx_process.h"

#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "base/clock.h"
#include "cli/command.h"

namespace portico::cli {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kPatience = 10 * kSecond;

sigset_t handled_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGUSR1, SIGCHLD}) ::sigaddset(&set, signal);
  return set;
}

[[noreturn]] void become(const std::vector<std::string>& arguments, const sigset_t& unblock, pid_t parent) {
  // A terminal's Ctrl-C goes to its whole process group; the child is to hear from us alone.
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(kBadInput);
  ::sigprocmask(SIG_UNBLOCK, &unblock, nullptr);
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  ::execv(argv.front(), argv.data());
  ::_exit(127);
}

class Foreground {
 public:
  Foreground(pid_t child, const ForegroundHooks& hooks) : child_(child), hooks_(hooks) {}

  int run(const sigset_t& signals) {
    for (;;) {
      const timespec tick{.tv_sec = ready_ && stop_at_ == 0 ? 3600 : 0, .tv_nsec = 20'000'000};
      const int signal = ::sigtimedwait(&signals, nullptr, &tick);
      if (signal > 0 && signal != SIGCHLD) handle(signal);
      int status = 0;
      if (::waitpid(child_, &status, WNOHANG) == child_) {
        // A master that was killed leaves its workers behind; they are in its process group.
        ::kill(-child_, SIGTERM);
        return exit_code(status);
      }
      if (!ready_ && stop_at_ == 0 && hooks_.is_ready()) {
        ready_ = true;
        hooks_.on_ready();
      }
      if (stop_at_ != 0 && monotonic_ns() > stop_at_) {
        ::kill(child_, forced_ ? SIGKILL : SIGTERM);
        forced_ = true;
        stop_at_ = monotonic_ns() + kPatience;
      }
    }
  }

 private:
  void handle(int signal) {
    switch (signal) {
      case SIGHUP:
        if (hooks_.before_reload()) ::kill(child_, SIGHUP);
        break;
      case SIGUSR1: ::kill(child_, SIGUSR1); break;
      default:
        // Until nginx has set up its handlers SIGQUIT would end it without a trace, and with a core.
        ::kill(child_, stop_at_ == 0 && ready_ ? SIGQUIT : SIGTERM);
        if (stop_at_ == 0) stop_at_ = monotonic_ns() + kPatience;
        break;
    }
  }

  int exit_code(int status) const {
    if (stop_at_ != 0) return kSuccess;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return kSuccess;
    return fail(ready_ ? "nginx ended unexpectedly" : "nginx did not start; it says why above");
  }

  pid_t child_;
  const ForegroundHooks& hooks_;
  bool ready_ = false;
  bool forced_ = false;
  std::int64_t stop_at_ = 0;  // when patience ends; 0: not stopping
};

}  // namespace

HeldSignals::HeldSignals() {
  const sigset_t signals = handled_signals();
  ::sigprocmask(SIG_BLOCK, &signals, &before_);
}

HeldSignals::~HeldSignals() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

int run_in_foreground(const std::vector<std::string>& arguments, const ForegroundHooks& hooks) {
  const HeldSignals held;
  const sigset_t signals = handled_signals();
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) return fail("cannot start a process");
  if (child == 0) become(arguments, signals, parent);
  return Foreground(child, hooks).run(signals);
}

int run_to_end(const std::vector<std::string>& arguments) {
  std::vector<char*> words;
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  pid_t child = 0;
  int status = 0;
  if (::posix_spawn(&child, words.front(), nullptr, nullptr, words.data(), environ) != 0) {
    return fail("cannot start a process");
  }
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : kBadInput;
}

}  // namespace portico::cli
