// cli/ is the program `portico`: one file a command, each with a table of its options. The tables of this header are
// the one source of what a command understands, its --help, its man page and its shell completion.
//
// A command returns its exit code: 0 success, 1 findings at or above the gate (or a check that says no), 2 bad input.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace portico::cli {

constexpr int kSuccess = 0;
constexpr int kGateFailed = 1;
constexpr int kBadInput = 2;

struct Option {
  std::string_view name;           // "--format"
  std::string_view value;          // what stands for its value in the help: "FORMAT"; empty for a flag
  std::string_view help;           // one sentence, no full stop
  std::string_view default_value;  // shown in the help and given by Arguments
  std::string_view choices;        // "text|json": anything else is refused; empty: any text
};

struct Positional {
  std::string_view name;  // "FILE"
  std::string_view help;
  bool required = true;
};

class Arguments {
 public:
  // The option's value, or its default, or empty.
  std::string_view get(std::string_view option) const;
  std::string text(std::string_view option) const { return std::string(get(option)); }
  // Whether the user gave the option (or flag).
  bool has(std::string_view option) const { return given_.contains(option); }
  std::string_view positional(std::size_t index = 0) const {
    return index < positionals_.size() ? std::string_view(positionals_[index]) : std::string_view();
  }

 private:
  friend class CommandLine;
  std::map<std::string, std::string, std::less<>> given_;
  std::map<std::string_view, std::string_view> defaults_;
  std::vector<std::string> positionals_;
};

struct Command {
  std::string_view name;
  std::string_view summary;      // one line
  std::string_view description;  // what it does, reads and gives
  std::span<const Positional> positionals;
  std::span<const Option> options;
  std::string_view example;  // a command line that works
  int (*run)(const Arguments& arguments);
};

// Every command, in the order of the help.
std::span<const Command* const> commands();

// Parses and runs; never throws. `arguments` is argv without the program's name.
int run(int argc, const char* const* argv);

// The man page (roff) of `portico`, and the bash completion, made from the tables.
std::string man_page();
std::string bash_completion();

// Writes to standard output, and errors as "portico: message" to standard error; both give up quietly when the
// reader is gone.
void print(std::string_view text);
// To the file that --output names, else to standard output.
int give(const Arguments& arguments, const std::string& text);
int fail(const Error& error);
int fail(std::string_view message);

}  // namespace portico::cli
