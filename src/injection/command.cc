// Commands of shells: a separator, and behind it what a shell would run.
//
// Words are read as a shell reads them: c''at, w\ho\am\i, ca$@t and {cat,/etc/passwd} are the commands that they hide.
// Many commands are words of prose too ("bread; cat food"): those need an argument that prose has not, or a separator
// that nothing but a short value stands before. Text that begins with a command itself is a command that somebody
// shows.
#include <array>

#include "injection/attack.h"
#include "injection/words.h"

namespace portico::injection {
namespace {

// Nobody's words.
constexpr Words<133> kCommands = {"ls",
                                  "id",
                                  "whoami",
                                  "uname",
                                  "ifconfig",
                                  "ipconfig",
                                  "netstat",
                                  "ps",
                                  "pwd",
                                  "curl",
                                  "wget",
                                  "nc",
                                  "ncat",
                                  "netcat",
                                  "bash",
                                  "sh",
                                  "zsh",
                                  "ksh",
                                  "dash",
                                  "cmd",
                                  "cmd.exe",
                                  "powershell",
                                  "powershell.exe",
                                  "pwsh",
                                  "python",
                                  "python2",
                                  "python3",
                                  "perl",
                                  "ruby",
                                  "php",
                                  "node",
                                  "lua",
                                  "gcc",
                                  "nslookup",
                                  "dig",
                                  "ping",
                                  "traceroute",
                                  "telnet",
                                  "ssh",
                                  "scp",
                                  "ftp",
                                  "tftp",
                                  "socat",
                                  "xxd",
                                  "base64",
                                  "rm",
                                  "mv",
                                  "cp",
                                  "chmod",
                                  "chown",
                                  "mkdir",
                                  "rmdir",
                                  "ln",
                                  "dd",
                                  "tar",
                                  "gzip",
                                  "gunzip",
                                  "unzip",
                                  "awk",
                                  "sed",
                                  "grep",
                                  "egrep",
                                  "xargs",
                                  "tee",
                                  "nohup",
                                  "crontab",
                                  "sudo",
                                  "su",
                                  "passwd",
                                  "useradd",
                                  "usermod",
                                  "systemctl",
                                  "mkfifo",
                                  "printenv",
                                  "systeminfo",
                                  "tasklist",
                                  "wmic",
                                  "certutil",
                                  "bitsadmin",
                                  "rundll32",
                                  "mshta",
                                  "regsvr32",
                                  "cscript",
                                  "schtasks",
                                  "iptables",
                                  "ifconfig.exe",
                                  "hostname",
                                  "busybox",
                                  "ip",
                                  "arp",
                                  "route",
                                  "lsb_release",
                                  "getent",
                                  "expr",
                                  "openssl",
                                  "service",
                                  "docker",
                                  "kubectl",
                                  "lsof",
                                  "mysql",
                                  "psql",
                                  "sqlite3",
                                  "lscpu",
                                  "lsblk",
                                  "dmesg",
                                  "hexdump",
                                  "tac",
                                  "apt",
                                  "apt-get",
                                  "yum",
                                  "dnf",
                                  "apk",
                                  "rsync",
                                  "pkill",
                                  "killall",
                                  "chroot",
                                  "setsid",
                                  "nmap",
                                  "tcpdump",
                                  "gdb",
                                  "strace",
                                  "vim",
                                  "nano",
                                  "emacs",
                                  "javac",
                                  "groupadd",
                                  "chpasswd",
                                  "ss",
                                  "df",
                                  "du",
                                  "od",
                                  "git",
                                  "printf"};
constexpr Words<46> kProse = {
    "cat",   "find",  "sort", "more",   "less",  "head",  "tail",   "date",     "time",    "who",    "w",    "at",
    "make",  "test",  "kill", "sleep",  "echo",  "join",  "cut",    "type",     "dir",     "env",    "host", "last",
    "man",   "mount", "nice", "split",  "touch", "watch", "write",  "wall",     "top",     "copy",   "del",  "move",
    "start", "net",   "set",  "export", "exec",  "eval",  "reboot", "shutdown", "strings", "timeout"};
constexpr Words<8> kTargets = {"/etc/passwd", "/etc/shadow", "/dev/tcp/",  "/bin/sh",
                               "/bin/bash",   "cmd.exe",     "/etc/hosts", "win.ini"};

// A command is short; of what follows a separator only so much is looked at, so that time stays linear.
constexpr std::size_t kLongest = 512;

bool is_quote(char c) { return c == '\'' || c == '"'; }

// The first word of a command, without what a shell takes away.
class ShellWord {
 public:
  explicit ShellWord(std::string_view text) {
    text = text.substr(0, kLongest);
    std::size_t i = 0;
    while (i < text.size() && (text[i] == ' ' || text[i] == '\t' || text[i] == '{' || text[i] == '(' || text[i] == '@'))
      ++i;
    while (i < text.size()) {
      const char c = text[i];
      const char next = i + 1 < text.size() ? text[i + 1] : '\0';
      if (is_quote(c) || c == '\\' || c == '^') {
        hidden_ = hidden_ || i > 0;
        ++i;
        if (c == '\\' && next == '\n') ++i;
        continue;
      }
      if (c == '$' && (next == '@' || next == '*' || is_digit(next))) {
        hidden_ = true;
        i += 2;
        continue;
      }
      if (c == '$' && text.substr(i).starts_with("$IFS")) break;
      if (c == '$' && text.substr(i).starts_with("${IFS")) break;
      if (!is_alnum(c) && c != '/' && c != '.' && c != '_' && c != '-' && c != '?' && c != '*') break;
      if (size_ == word_.size()) break;
      word_[size_++] = c;
      ++i;
    }
    rest_ = text.substr(i);
  }

  // Without its folder.
  std::string_view name() const {
    const std::string_view word(word_.data(), size_);
    const auto slash = word.rfind('/');
    return slash == std::string_view::npos ? word : word.substr(slash + 1);
  }
  std::string_view word() const { return {word_.data(), size_}; }
  bool has_folder() const {
    return word().starts_with("/bin/") || word().starts_with("/usr/") || word().starts_with("/sbin/") ||
           word().starts_with("/tmp/");
  }
  bool is_hidden() const { return hidden_; }
  std::string_view rest() const { return rest_; }

 private:
  std::array<char, 48> word_{};
  std::size_t size_ = 0;
  bool hidden_ = false;
  std::string_view rest_;
};

// An argument that a program takes and a sentence does not.
bool has_argument(std::string_view rest) {
  if (rest.starts_with("$IFS") || rest.starts_with("${IFS") || rest.starts_with(",")) return true;
  if (rest.empty() || !is_space(rest.front())) return rest.starts_with('<') || rest.starts_with('>');
  rest = trimmed(rest);
  if (rest.empty()) return false;
  const auto end = std::min(rest.find_first_of(" \t\r\n;|&`)"), rest.size());
  const std::string_view first = rest.substr(0, end);
  const bool option = first.size() > 1 && (first[0] == '-' || (first[0] == '/' && is_alpha(first[1])));
  const bool path = first.find('/') != std::string_view::npos || first.find('\\') != std::string_view::npos ||
                    first == "." || first == ".." || first == "*";
  const char lead = first.empty() ? ';' : first.front();
  const bool expands = std::string_view("$\"'<>").contains(lead) || first.contains('%');
  const std::string_view behind = trimmed(rest.substr(end));
  const bool number = std::ranges::all_of(first, is_digit) && (behind.empty() || !is_alnum(behind.front()));
  const auto into = rest.find(" > ");
  const bool writes = into != std::string_view::npos && rest.substr(into + 3).find('/') != std::string_view::npos;
  const bool file = first.find('.') != std::string_view::npos && first.find('.') + 1 < first.size() &&
                    !first.ends_with('.') && is_alnum(first.back());
  return writes || option || path || expands || number || file;
}

std::string_view behind_spaces(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  return text;
}

// Whether a shell would find a command at the start of the text. `alone`: nothing that prose could be stands around it.
bool is_command(std::string_view text, bool alone) {
  const ShellWord word(text);
  const std::string_view name = word.name();
  if (name.empty()) return false;
  const bool at_end = trimmed(word.rest()).empty() || word.rest().starts_with('`') || word.rest().starts_with(')') ||
                      word.rest().starts_with(';') || word.rest().starts_with('|') || word.rest().starts_with('&') ||
                      word.rest().starts_with('\n') || word.rest().starts_with('#') ||
                      behind_spaces(word.rest()).starts_with('#') || behind_spaces(word.rest()).starts_with('|') ||
                      behind_spaces(word.rest()).starts_with('>') || behind_spaces(word.rest()).starts_with("&&") ||
                      behind_spaces(word.rest()).starts_with(';');
  // "/bin/c?t", "/???/b??h": a pattern for a program.
  if (word.word().starts_with('/') && word.word().find('?') != std::string_view::npos) return true;
  const auto ends_with = [&](std::string_view ending) {
    return word.word().size() > ending.size() && word.word().ends_with(ending);
  };
  if (alone && (ends_with(".exe") || ends_with(".bat") || ends_with(".ps1") ||
                (word.word().starts_with("./") && ends_with(".sh"))))
    return true;
  const bool own = is_among(kCommands, name);
  const bool prose = is_among(kProse, name);
  if (!own && !prose) return false;
  // A name that shells find as it is written only: "ID" and "More" are prose.
  const bool written = std::ranges::none_of(name, [](char c) { return c >= 'A' && c <= 'Z'; }) || alone;
  if (!written) return false;
  if (word.has_folder() || word.is_hidden()) return true;
  if (has_argument(word.rest())) return true;
  if (name == "net") {
    constexpr Words<8> kOfNet = {"user", "localgroup", "share", "view", "use", "stop", "group", "accounts"};
    const std::string_view rest = behind_spaces(word.rest());
    return is_among(kOfNet, rest.substr(0, rest.find(' ')));
  }
  if (own) return at_end || alone;
  return alone && at_end;
}

// The text in front of the separator, as prose or as a value.
bool is_short(std::string_view before) {
  constexpr std::size_t kPadded = 200;
  if (before.size() > kPadded) return false;
  before = trimmed(before);
  return before.size() <= 40 && before.find_first_of(" \t\n,!?") == std::string_view::npos;
}

bool begins_with_command(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with("$ ") || text.starts_with("> ") || text.starts_with("# ") || text.starts_with("```") ||
      text.starts_with("#!/"))
    return true;
  const ShellWord word(text);
  constexpr Words<26> kTools = {"git",    "npm",    "npx",    "yarn",    "pip",       "docker", "kubectl",
                                "cargo",  "go",     "apt",    "apt-get", "brew",      "cd",     "make",
                                "cmake",  "mvn",    "gradle", "helm",    "terraform", "aws",    "gcloud",
                                "export", "source", "alias",  "for",     "if"};
  return !word.is_hidden() && !word.has_folder() &&
         (is_among(kCommands, word.name()) || is_among(kProse, word.name()) || is_among(kTools, word.name()));
}

bool has_target(std::string_view text) {
  text = text.substr(0, kLongest);
  return std::ranges::any_of(kTargets,
                             [&](std::string_view target) { return text.find(target) != std::string_view::npos; });
}

}  // namespace

Verdict look_for_command(std::string_view text) {
  const auto found = [](std::string_view reason) { return Verdict{Attack::kCommand, reason}; };
  const bool shown = begins_with_command(text);
  for (std::size_t at = text.find_first_of(";|&`$\n<>"); at != std::string_view::npos;
       at = text.find_first_of(";|&`$\n<>", at + 1)) {
    const std::string_view before = text.substr(0, at);
    std::string_view rest = text.substr(at + 1);
    switch (text[at]) {
      case '$':
        // $(...): jQuery has it too, but calls no program.
        if (rest.starts_with('(') && !rest.starts_with("((") && is_command(rest.substr(1), is_short(before)) &&
            !(shown && before.find(' ') != std::string_view::npos && !has_target(rest)))
          return found("a command that is substituted");
        break;
      case '`': {
        const auto end = rest.find('`');
        const std::string_view inside = rest.substr(0, end);
        const bool open = end == std::string_view::npos;
        // Code within prose has spaces around it.
        const bool touches = (before.empty() || !is_space(before.back())) &&
                             (open || end + 1 >= rest.size() || !is_space(rest[end + 1]));
        const bool marked =
            before.ends_with('`') || rest.starts_with('`') || (open && before.find('`') != std::string_view::npos);
        if (!marked && touches && is_short(before) && is_command(inside, true))
          return found("a command that is substituted");
        if (!open) at += end + 1;
        break;
      }
      case '<':
      case '>':
        if (rest.starts_with('(') && is_command(rest.substr(1), true) && is_short(before))
          return found("a command that is substituted");
        break;
      case '\n':
        if (!shown && is_short(before) && before.find('\n') == std::string_view::npos && is_command(rest, true) &&
            trimmed(rest).find('\n') == std::string_view::npos &&
            (!before.empty() || ShellWord(rest).has_folder() || trimmed(rest).find(' ') != std::string_view::npos))
          return found("a command behind a line break");
        break;
      default: {
        const bool doubled = rest.starts_with(text[at]) && text[at] != ';';
        if (doubled) rest.remove_prefix(1);
        if (!doubled && text[at] == '&' && (rest.starts_with('#') || rest.substr(0, 10).find(';') < 10)) {
          // A character reference of HTML: "&amp;".
          const auto end = rest.substr(0, 10).find(';');
          if (end != std::string_view::npos && end > 1 &&
              std::ranges::all_of(rest.substr(0, end), [](char c) { return is_alnum(c) || c == '#'; })) {
            at += end + 1;
            break;
          }
        }
        const bool alone = is_short(before);
        if (shown && !has_target(rest)) break;
        std::string_view command = behind_spaces(rest);
        if (command.starts_with('\n')) command = behind_spaces(command.substr(1));
        if (is_command(command, alone)) return found("a command behind a separator");
        if (doubled) ++at;
        break;
      }
    }
    if (at >= text.size()) break;
  }
  return {};
}

}  // namespace portico::injection
