// Expressions of template engines and of log4j's lookups. A placeholder such as {{name}} is what people write; what
// calculates, calls or reaches for the engine's inside is not.
#include "injection/attack.h"
#include "injection/words.h"

namespace portico::injection {
namespace {

constexpr Words<43> kReaches = {"__class__",
                                "__globals__",
                                "__mro__",
                                "__subclasses__",
                                "__import__",
                                "__builtins__",
                                "__init__",
                                "__base__",
                                "__bases__",
                                "getClass",
                                "forName",
                                "getRuntime",
                                "Runtime",
                                "ProcessBuilder",
                                "constructor",
                                "mainModule",
                                "child_process",
                                "popen",
                                "system",
                                "exec",
                                "execSync",
                                "passthru",
                                "shell_exec",
                                "phpinfo",
                                "file_get_contents",
                                "readfile",
                                "lipsum",
                                "cycler",
                                "joiner",
                                "_self",
                                "registerUndefinedFilterCallback",
                                "freemarker",
                                "Execute",
                                "getattr",
                                "attr",
                                "eval",
                                "assert",
                                "invoke",
                                "newInstance",
                                "getClassLoader",
                                "getProtectionDomain",
                                "getResource",
                                "classLoader"};
// Alone, or with a member: objects that engines hand to every template.
constexpr Words<8> kObjects = {"config", "self", "request", "settings", "app", "session", "application", "g"};
constexpr Words<9> kSecrets = {"SECRET_KEY", "secret_key", "application", "environ", "items",
                               "server",     "debug",      "DATABASES",   "env"};

// Expressions are short; what is longer is looked at as far as this, so that time stays linear.
constexpr std::size_t kLongest = 256;

struct Expression {
  std::string_view text;
  char kind;  // the character that tells the engine: '{' of {{, '$', '#', '<', '@', '%', '*'
};

bool is_identifier(char c) { return is_alnum(c) || c == '_'; }

// "7*7", "7+'7'", "1337-1": literals with an operator between them, and nothing else.
bool is_arithmetic(std::string_view text) {
  bool digit = false;
  bool sign = false;
  for (const char c : text) {
    if (is_digit(c)) {
      digit = true;
    } else if (c == '*' || c == '+' || c == '-' || c == '/' || c == '%' || c == '^') {
      sign = sign || digit;
    } else if (c != ' ' && c != '(' && c != ')' && c != '\'' && c != '"' && c != '=' && c != '~' && c != '|' &&
               c != '.') {
      return false;
    }
  }
  return digit && sign && text.find_first_of("*+^~%") != std::string_view::npos;
}

// What a template would print to show that it is read: "'a'.upper()", "'7'*7", "range(5)", "dump(app)".
bool is_probe(std::string_view text) {
  text = trimmed(text);
  const auto paren = text.find('(');
  if (paren == std::string_view::npos) return false;
  const std::string_view before = trimmed(text.substr(0, paren));
  constexpr Words<9> kCalls = {"range", "dump", "print", "sleep", "php", "include", "lookup", "new", "T"};
  if (is_among(kCalls, before) && text.ends_with(')')) return true;
  return (before.starts_with('\'') || before.starts_with('"')) && before.find('.') != std::string_view::npos;
}

bool reaches_inside(std::string_view text) {
  std::string_view first;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_identifier(text[at])) {
      ++at;
      continue;
    }
    const std::size_t from = at;
    while (at < text.size() && is_identifier(text[at])) ++at;
    const std::string_view word = text.substr(from, at - from);
    if (first.empty()) first = word;
    const bool called = at < text.size() && (text[at] == '(' || text[at] == '[' || text[at] == '"' || text[at] == '\'');
    const bool member =
        from > 0 && (text[from - 1] == '.' || text[from - 1] == '|' || text[from - 1] == '\'' || text[from - 1] == '"');
    if (is_among(kReaches, word) && (word.starts_with("__") || called || member)) return true;
    if (word == "T" && called && text.substr(at).starts_with("(java")) return true;
    if (word.starts_with("java") && at < text.size() && text[at] == '.' && text.substr(at).starts_with(".lang"))
      return true;
  }
  if (trimmed(text).starts_with("app.request.server")) return true;
  if (!is_among(kObjects, first)) return false;
  const std::string_view all = trimmed(text);
  if (all == "config" || all == "self" || all == "settings" || all == "request.environ") return true;
  const auto dot = all.find('.');
  if (dot == std::string_view::npos) return false;
  std::size_t end = dot + 1;
  while (end < all.size() && is_identifier(all[end])) ++end;
  return is_among(kSecrets, all.substr(dot + 1, end - dot - 1)) &&
         (all.starts_with("config") || all.starts_with("self") || all.starts_with("settings") ||
          all.starts_with("request.app") || all.starts_with("request.env") || all.starts_with("app.request.server"));
}

bool is_hostile(const Expression& expression) {
  const std::string_view inside = trimmed(expression.text);
  if (expression.kind == '<' || expression.kind == '#') {
    constexpr Words<7> kOfRuby = {"File", "Dir", "IO", "Kernel", "Open3", "Process", "ObjectSpace"};
    if (is_among(kOfRuby, inside.substr(0, inside.find_first_of(".:")))) return true;
    if (inside.starts_with('`') && inside.size() > 2) return true;
  }
  return is_arithmetic(inside) || reaches_inside(inside) || is_probe(inside);
}

// What stands between two delimiters, from `at` on.
std::string_view between(std::string_view text, std::size_t at, std::string_view close) {
  text = text.substr(0, kLongest);
  if (at > text.size()) return {};
  const auto end = text.find(close, at);
  // What is not closed is none.
  return end == std::string_view::npos ? std::string_view() : text.substr(at, end - at);
}

// "${lower:j}ndi:" and "${::-j}": log4j resolves what is within first.
bool is_lookup(std::string_view text) {
  constexpr std::size_t kLongestLookup = 128;
  text = text.substr(0, kLongestLookup);
  constexpr Words<14> kLookups = {"jndi", "lower", "upper",  "env",    "sys", "java",   "main",
                                  "date", "ctx",   "base64", "bundle", "k8s", "spring", "web"};
  // All that is left when nested lookups give what they are made for.
  std::array<char, 64> plain{};
  std::size_t size = 0;
  std::size_t nested = 0;
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size() && size < plain.size(); ++i) {
    if (text[i] == '$' && i + 1 < text.size() && text[i + 1] == '{') {
      constexpr std::size_t kDeepest = 8;
      if (++depth > kDeepest) break;
      ++i;
      if (depth < 2) continue;
      ++nested;
      // Its value is behind ":-", or behind the lookup's own colon.
      constexpr std::size_t kLongestInner = 32;
      const std::string_view inner = between(text.substr(0, i + kLongestInner), i + 1, "}");
      const auto fallback = inner.rfind(":-");
      const auto colon = inner.rfind(':');
      if (inner.find("${") == std::string_view::npos) {
        const std::string_view value = fallback != std::string_view::npos ? inner.substr(fallback + 2)
                                       : colon != std::string_view::npos  ? inner.substr(colon + 1)
                                                                          : std::string_view();
        for (const char c : value) {
          if (size < plain.size()) plain[size++] = c;
        }
        i += inner.size();
      }
    } else if (text[i] == '}') {
      if (depth == 0) break;
      if (--depth == 0) break;
    } else {
      plain[size++] = text[i];
    }
  }
  const std::string_view all(plain.data(), size);
  const std::string_view name = all.substr(0, all.find(':'));
  if (equal_ignoring_case(name, "jndi")) return true;
  if (nested > 0 && (is_among(kLookups, name) || contains_ignoring_case(all, "jndi"))) return true;
  if (text.substr(2).starts_with("::-")) return true;
  constexpr Words<5> kWithValue = {"env", "sys", "lower", "upper", "base64"};
  const bool gives = all.find(":-") != std::string_view::npos || equal_ignoring_case(name, "lower") ||
                     equal_ignoring_case(name, "upper") || equal_ignoring_case(name, "base64");
  if (is_among(kWithValue, name) && all.size() > name.size() && gives) return true;
  if ((name == "sys" || name == "java") && all.size() > name.size() + 1) return true;
  return (equal_ignoring_case(name, "env") || equal_ignoring_case(name, "sys") || equal_ignoring_case(name, "java") ||
          equal_ignoring_case(name, "k8s")) &&
         all.size() > name.size() &&
         (contains_ignoring_case(all, "secret") || contains_ignoring_case(all, "password") ||
          contains_ignoring_case(all, "AWS_") || contains_ignoring_case(all, ":version") ||
          contains_ignoring_case(all, ":os") || contains_ignoring_case(all, "token"));
}

}  // namespace

Verdict look_for_template(std::string_view text) {
  const auto found = [](std::string_view reason) { return Verdict{Attack::kTemplate, reason}; };
  for (std::size_t at = text.find_first_of("{$#<@%*"); at != std::string_view::npos;
       at = text.find_first_of("{$#<@%*", at + 1)) {
    const std::string_view rest = text.substr(at, kLongest);
    Expression expression{{}, rest[0]};
    if (rest.starts_with("${")) {
      if (is_lookup(rest)) return found("a lookup of log4j");
      expression.text = between(rest, rest.starts_with("${{") ? 3 : 2, "}");
    } else if (rest.starts_with("{{")) {
      expression.text = between(rest, 2, "}}");
    } else if (rest.starts_with("{%")) {
      expression.text = between(rest, 2, "%}");
    } else if (rest.starts_with("<%")) {
      expression.text = between(rest, rest.starts_with("<%=") ? 3 : 2, "%>");
    } else if (rest.starts_with("<#assign") || rest.starts_with("[#assign")) {
      expression.text = between(rest, 8, ">");
      if (contains_ignoring_case(expression.text, "?new(") || contains_ignoring_case(expression.text, "freemarker"))
        return found("an expression of a template");
    } else if (rest.starts_with("#{") || rest.starts_with("*{") || rest.starts_with("%{") || rest.starts_with("@{") ||
               rest.starts_with("@(")) {
      expression.text = between(rest, 2, rest[1] == '(' ? ")" : "}");
      if (rest[0] == '%' && (expression.text.find("#_memberAccess") != std::string_view::npos ||
                             expression.text.find("@ognl") != std::string_view::npos ||
                             expression.text.find("#context") != std::string_view::npos)) {
        return found("an expression of OGNL");
      }
    } else if (rest.starts_with("#set(") || rest.starts_with("#set (") || rest.starts_with("#evaluate(")) {
      expression.text = between(rest, 5, ")");
      if (contains_ignoring_case(rest.substr(0, 300), ".class") ||
          contains_ignoring_case(rest.substr(0, 300), "getClass") || is_hostile(expression) ||
          is_arithmetic(expression.text.substr(std::min(expression.text.find('=') + 1, expression.text.size()))))
        return found("an expression of a template");
      continue;
    } else {
      continue;
    }
    if (!expression.text.empty() && is_hostile(expression)) return found("an expression of a template");
  }
  return {};
}

}  // namespace portico::injection
