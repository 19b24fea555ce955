// The man page and the shell completion, made from the commands' tables so that they cannot disagree with --help.
#include <string>

#include "cli/command.h"
#include "version.h"

namespace portico::cli {
namespace {

// roff: a leading dot or quote would be a request, a backslash an escape, and '-' a hyphen.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) {
      out += "\\&";
      out += c;
    } else {
      out += c;
    }
  }
  return out;
}

std::string man_command(const Command& command) {
  std::string out = ".SS portico " + roff(command.name);
  for (const Positional& positional : command.positionals) {
    out += positional.required ? " " + roff(positional.name) : " [" + roff(positional.name) + "]";
  }
  out += "\n" + roff(command.description) + "\n";
  for (const Positional& positional : command.positionals) {
    out += ".TP\n.I " + roff(positional.name) + "\n" + roff(positional.help) + "\n";
  }
  for (const Option& option : command.options) {
    out += ".TP\n.B " + roff(option.name);
    if (!option.value.empty()) out += " " + roff(option.value);
    out += "\n" + roff(option.help);
    if (!option.choices.empty()) out += " (" + roff(option.choices) + ")";
    if (!option.default_value.empty()) out += " [default: " + roff(option.default_value) + "]";
    out += "\n";
  }
  if (!command.example.empty()) out += ".PP\nExample:\n.PP\n.RS\n" + roff(command.example) + "\n.RE\n";
  return out;
}

}  // namespace

std::string man_page() {
  std::string out = ".TH PORTICO 1 \"\" \"portico " PORTICO_VERSION
                    "\" \"User Commands\"\n"
                    ".SH NAME\nportico \\- secure HTTP APIs over their whole life from one OpenAPI contract\n"
                    ".SH SYNOPSIS\n.B portico\n.I COMMAND\n[options]\n.SH COMMANDS\n";
  for (const Command* command : commands()) out += man_command(*command);
  out += ".SH EXIT STATUS\n0: success. 1: findings at or above the gate. 2: bad input.\n";
  return out;
}

std::string bash_completion() {
  std::string names;
  std::string cases;
  for (const Command* command : commands()) {
    names += (names.empty() ? "" : " ") + std::string(command->name);
    std::string options;
    for (const Option& option : command->options) options += std::string(option.name) + " ";
    cases += "    " + std::string(command->name) + ") options=\"" + options + "--help\" ;;\n";
  }
  return "# bash completion for portico\n"
         "_portico() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} options=\"\"\n"
         "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
         "    COMPREPLY=($(compgen -W \"" +
         names +
         " --help --version\" -- \"$word\"))\n"
         "    return\n"
         "  fi\n"
         "  case ${COMP_WORDS[1]} in\n" +
         cases +
         "  esac\n"
         "  case $word in\n"
         "    -*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n"
         "    *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
         "  esac\n"
         "}\n"
         "complete -F _portico portico\n";
}

}  // namespace portico::cli
