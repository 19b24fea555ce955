#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "base/file.h"
#include "base/text.h"
#include "cli/command.h"
#include "version.h"

namespace portico::cli {

std::string_view Arguments::get(std::string_view option) const {
  if (const auto found = given_.find(option); found != given_.end()) return found->second;
  if (const auto found = defaults_.find(option); found != defaults_.end()) return found->second;
  return {};
}

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

int fail(std::string_view message) {
  std::fprintf(stderr, "portico: %.*s\n", static_cast<int>(message.size()), message.data());
  return kBadInput;
}

int give(const Arguments& arguments, const std::string& text) {
  if (!arguments.has("--output")) {
    print(text);
    return kSuccess;
  }
  const auto written = write_file(arguments.text("--output"), text);
  return written ? kSuccess : fail(written.error());
}

int fail(const Error& error) { return fail(to_string(error)); }

// One command's tables turned into a CLI11 subcommand, and what the user gave turned into Arguments.
class CommandLine {
 public:
  CommandLine(CLI::App& app, const Command& command) : command_(&command) {
    parser_ = app.add_subcommand(std::string(command.name), std::string(command.summary));
    parser_->description(std::string(command.description));
    if (!command.example.empty()) parser_->footer("Example:\n  " + std::string(command.example));
    values_.resize(command.options.size());
    for (std::size_t i = 0; i < command.options.size(); ++i) add(command.options[i], values_[i]);
    positionals_.resize(command.positionals.size());
    for (std::size_t i = 0; i < command.positionals.size(); ++i) {
      const Positional& positional = command.positionals[i];
      parser_->add_option(std::string(positional.name), positionals_[i], std::string(positional.help))
          ->required(positional.required);
    }
  }

  bool chosen() const { return parser_->parsed(); }

  int run() const {
    Arguments arguments;
    for (std::size_t i = 0; i < command_->options.size(); ++i) {
      const Option& option = command_->options[i];
      if (!option.default_value.empty()) arguments.defaults_[option.name] = option.default_value;
      if (parser_->get_option(std::string(option.name))->count() == 0) continue;
      arguments.given_.emplace(option.name, values_[i]);
    }
    arguments.positionals_ = positionals_;
    return command_->run(arguments);
  }

 private:
  void add(const Option& option, std::string& value) {
    const std::string name(option.name);
    if (option.value.empty()) {
      parser_->add_flag(name, value, std::string(option.help));
      return;
    }
    std::string help(option.help);
    if (!option.choices.empty()) help += " (" + std::string(option.choices) + ")";
    auto* added = parser_->add_option(name, value, help)->type_name(std::string(option.value));
    if (!option.default_value.empty()) added->default_str(std::string(option.default_value));
    if (option.choices.empty()) return;
    std::vector<std::string> choices;
    for (const auto choice : split(option.choices, '|')) choices.emplace_back(choice);
    added->check(CLI::IsMember(std::move(choices)));
  }

  const Command* command_;
  CLI::App* parser_;
  std::vector<std::string> values_;
  std::vector<std::string> positionals_;
};

namespace {

// CLI11 says "The following argument was not expected: scam"; a slip of the keyboard deserves better.
std::string unknown_command(std::string_view word) {
  std::string message = "unknown command \"" + printable(word) + "\"";
  std::vector<std::string_view> names;
  for (const Command* command : commands()) names.push_back(command->name);
  if (const auto near = nearest(word, names)) message += "; did you mean \"" + std::string(*near) + "\"?";
  return message;
}

bool is_command(std::string_view word) {
  return std::ranges::any_of(commands(), [&](const Command* command) { return command->name == word; });
}

int parse_and_run(int argc, const char* const* argv) {
  CLI::App app{"Portico secures HTTP APIs over their whole life from one OpenAPI contract.", "portico"};
  app.set_version_flag("--version", "portico " PORTICO_VERSION);
  app.require_subcommand(1);
  bool man = false;
  app.add_flag("--man", man, "Print the man page")->group("");
  std::vector<std::unique_ptr<CommandLine>> lines;
  for (const Command* command : commands()) lines.push_back(std::make_unique<CommandLine>(app, *command));
  if (argc < 2) {
    print(app.help());
    return kBadInput;
  }
  const std::string_view first = argv[1];
  if (first == "--man") return print(man_page()), kSuccess;
  if (first == "--bash-completion") return print(bash_completion()), kSuccess;
  if (!first.starts_with('-') && !is_command(first)) return fail(unknown_command(first));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return fail(std::string(error.what()) + "; see portico " + (is_command(first) ? std::string(first) + " " : "") +
                "--help");
  }
  for (const auto& line : lines) {
    if (line->chosen()) return line->run();
  }
  return kBadInput;
}

}  // namespace

int run(int argc, const char* const* argv) {
  try {
    return parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    return fail(std::string("internal error: ") + error.what());
  }
}

}  // namespace portico::cli
