#include "policy/reader.h"

#include <algorithm>
#include <filesystem>
#include <tuple>

#include "address/ip.h"
#include "base/text.h"

namespace portico::policy {
namespace {

// One of the schemas that load.cc defines for all sections.
Schema defined(std::string_view reference) { return {{"$ref", reference}}; }
constexpr std::string_view kText = R"("#/$defs/text")";
constexpr std::string_view kTexts = R"("#/$defs/texts")";

void write(json::Writer& out, const Schema& schema) {
  for (const auto& [name, json] : schema) out.key(name).raw(json);
}

std::string quoted(std::string_view text) { return '"' + printable(text) + '"'; }

}  // namespace

void Reader::problem(const json::Node& node, std::string message, std::string remedy) {
  problems_.push_back({ErrorCode::kInvalid, std::move(message), place(node), std::move(remedy)});
}

std::string Reader::beside(std::string_view path) const {
  if (path.empty() || path == "-") return std::string(path);
  return (std::filesystem::path(name_).parent_path() / path).lexically_normal().string();
}

std::vector<Error> Reader::take_problems() {
  std::ranges::stable_sort(problems_, {}, [](const Error& e) { return std::tuple(e.place.line, e.place.column); });
  return std::move(problems_);
}

Mapping& Mapping::key(std::string_view name, std::string_view help, const std::function<void()>& describe,
                      const Use& use) {
  names_.emplace_back(name);
  if (describes()) {
    schema_->key(name).begin_object();
    schema_->text_unless_empty("description", help);
    describe();
    schema_->end_object();
  } else if (const json::Node* value = node_->find(name)) {
    use(*value);
  }
  return *this;
}

Mapping& Mapping::typed(std::string_view name, std::string_view help, const Schema& schema, const Use& use) {
  return key(name, help, [&] { write(*schema_, schema); }, use);
}

bool Mapping::read_text(const json::Node& value, std::string& to) {
  if (!value.is_string() || value.text().empty()) {
    reader_->problem(value, "must be a text that is not empty");
    return false;
  }
  to = value.text();
  return true;
}

Mapping& Mapping::text(std::string_view name, std::string& to, std::string_view help) {
  return typed(name, help, defined(kText), [&](const json::Node& value) { read_text(value, to); });
}

Mapping& Mapping::text(std::string_view name, Text& to, std::string_view help) {
  return typed(name, help, defined(kText), [&](const json::Node& value) {
    if (read_text(value, to.text)) to.place = reader_->place(value);
  });
}

Mapping& Mapping::texts(std::string_view name, std::vector<Text>& to, std::string_view help) {
  return typed(name, help, defined(kTexts), [&](const json::Node& value) {
    if (!value.is_array() || value.items().empty()) {
      return reader_->problem(value, "must be a list of texts that is not empty");
    }
    for (const json::Node* item : value.items()) {
      Text read{.text = {}, .place = reader_->place(*item)};
      if (read_text(*item, read.text)) to.push_back(std::move(read));
    }
  });
}

Mapping& Mapping::texts(std::string_view name, std::vector<std::string>& to, std::string_view help) {
  std::vector<Text> read;
  texts(name, read, help);
  for (Text& text : read) to.push_back(std::move(text.text));
  return *this;
}

Mapping& Mapping::flag(std::string_view name, bool& to, std::string_view help) {
  return typed(name, help, {{"type", R"("boolean")"}}, [&](const json::Node& value) {
    if (!value.is_boolean()) return reader_->problem(value, "must be true or false");
    to = value.is_true();
  });
}

Mapping& Mapping::size(std::string_view name, std::uint64_t& to, std::string_view help) {
  return typed(name, help, defined(R"("#/$defs/size")"), [&](const json::Node& value) {
    const auto bytes = parse_size(value.text());
    if ((!value.is_string() && !value.is_number()) || !bytes) {
      return reader_->problem(value, "must be a size such as 64k or 1MiB");
    }
    to = *bytes;
  });
}

Mapping& Mapping::duration(std::string_view name, std::int64_t& to_ns, std::string_view help) {
  return typed(name, help, defined(R"("#/$defs/duration")"), [&](const json::Node& value) {
    const auto ns = value.is_string() ? parse_duration(value.text()) : std::nullopt;
    if (!ns) return reader_->problem(value, "must be a duration such as 30s, 5m, 1h or 7d");
    to_ns = *ns;
  });
}

Mapping& Mapping::count(std::string_view name, std::uint64_t& to, std::uint64_t least, std::uint64_t most,
                        std::string_view help) {
  const std::string low = std::to_string(least);
  const std::string high = std::to_string(most);
  const Schema schema = {{"type", R"("integer")"}, {"minimum", low}, {"maximum", high}};
  return typed(name, help, schema, [&](const json::Node& value) {
    const auto number = value.is_number() ? value.integer() : std::nullopt;
    if (!number || *number < 0 || std::cmp_less(*number, least) || std::cmp_greater(*number, most)) {
      return reader_->problem(value, "must be a number from " + low + " to " + high);
    }
    to = static_cast<std::uint64_t>(*number);
  });
}

Mapping& Mapping::networks(std::string_view name, std::vector<std::string>& to, std::string_view help) {
  std::vector<Text> read;
  texts(name, read, help);
  for (Text& network : read) {
    if (address::parse_network(network.text)) {
      to.push_back(std::move(network.text));
    } else {
      reader_->problems_.push_back({.message = "must be an IP address or a range such as 10.0.0.0/8 or 2001:db8::/32",
                                    .place = network.place,
                                    .remedy = {}});
    }
  }
  return *this;
}

Mapping& Mapping::selectors(std::string_view name, Selectors& to, std::string_view help) {
  return typed(name, help, defined(R"("#/$defs/operations")"), [&](const json::Node& value) {
    if (!value.is_array() || value.items().empty()) {
      return reader_->problem(value, "must be a list of operations that is not empty");
    }
    for (const json::Node* item : value.items()) {
      Text read{.text = {}, .place = reader_->place(*item)};
      if (!read_text(*item, read.text)) continue;
      to.push_back(read);
      reader_->selectors_.push_back(std::move(read));
    }
  });
}

Mapping& Mapping::counts_by_selector(std::string_view name, std::vector<std::pair<Text, std::uint64_t>>& to,
                                     std::uint64_t least, std::uint64_t most, std::string_view help) {
  const std::string low = std::to_string(least);
  const std::string high = std::to_string(most);
  std::string number = R"({"type": "integer", "minimum": )";
  number.append(low).append(R"(, "maximum": )").append(high).append("}");
  const Schema schema = {{"type", R"("object")"}, {"additionalProperties", number}};
  return typed(name, help, schema, [&](const json::Node& value) {
    if (!value.is_object()) return reader_->problem(value, "must be a mapping of operations to numbers");
    for (const auto& [key, item] : value.members()) {
      const auto count = item->is_number() ? item->integer() : std::nullopt;
      if (!count || *count < 0 || std::cmp_less(*count, least) || std::cmp_greater(*count, most)) {
        reader_->problem(*item, std::string("must be a number from ").append(low).append(" to ").append(high));
        continue;
      }
      Text selector{.text = std::string(key->text()), .place = reader_->place(*key)};
      reader_->selectors_.push_back(selector);
      to.emplace_back(std::move(selector), static_cast<std::uint64_t>(*count));
    }
  });
}

Mapping& Mapping::file(std::string_view name, std::string& to, std::string_view help) {
  return typed(name, help, defined(kText), [&](const json::Node& value) {
    if (read_text(value, to)) to = reader_->beside(to);
  });
}

Mapping& Mapping::files(std::string_view name, std::vector<std::string>& to, std::string_view help) {
  std::vector<Text> read;
  texts(name, read, help);
  for (const Text& path : read) to.push_back(reader_->beside(path.text));
  return *this;
}

Mapping& Mapping::word(std::string_view name, const std::vector<std::string_view>& words,
                       const std::function<void(std::size_t)>& use, std::string_view help) {
  const auto describe = [&] {
    schema_->key("enum").begin_array();
    for (const auto word : words) schema_->string(word);
    schema_->end_array();
  };
  return key(name, help, describe, [&](const json::Node& value) {
    const auto found = std::ranges::find(words, value.text());
    if (value.is_string() && found != words.end()) return use(static_cast<std::size_t>(found - words.begin()));
    std::string expected;
    for (std::size_t i = 0; i < words.size(); ++i) {
      expected += i == 0 ? "" : i + 1 == words.size() ? " or " : ", ";
      expected += words[i];
    }
    const auto near = value.is_string() ? nearest(value.text(), words) : std::nullopt;
    reader_->problem(value, std::string(name) + " must be " + expected,
                     near ? "Did you mean " + quoted(*near) + "?" : "");
  });
}

Mapping& Mapping::mapping(std::string_view name, std::string_view what, const Read& read, std::string_view help) {
  return key(
      name, help, [&] { describe(*schema_, read); },
      [&](const json::Node& value) { read_mapping(*reader_, value, what, read); });
}

Mapping& Mapping::text_or_mapping(std::string_view name, std::string& text, std::string_view what, const Read& read,
                                  std::string_view help) {
  const auto describe_both = [&] {
    schema_->key("anyOf").begin_array();
    schema_->begin_object();
    write(*schema_, defined(kText));
    schema_->end_object().begin_object();
    describe(*schema_, read);
    schema_->end_object().end_array();
  };
  return key(name, help, describe_both, [&](const json::Node& value) {
    if (value.is_object()) return read_mapping(*reader_, value, what, read);
    read_text(value, text);
  });
}

Mapping& Mapping::texts_by_name(std::string_view name, std::vector<std::pair<std::string, std::string>>& to,
                                std::string_view help) {
  const Schema schema = {{"type", R"("object")"}, {"additionalProperties", R"({"$ref": "#/$defs/text"})"}};
  return typed(name, help, schema, [&](const json::Node& value) {
    if (!value.is_object()) return reader_->problem(value, "must be a mapping");
    for (const auto& [key, item] : value.members()) {
      std::string text;
      if (read_text(*item, text)) to.emplace_back(key->text(), std::move(text));
    }
  });
}

Mapping& Mapping::mappings(std::string_view name, std::string_view what, const Read& read, std::string_view help) {
  const auto describe_items = [&] {
    schema_->key("type").string("array");
    schema_->key("items").begin_object();
    describe(*schema_, read);
    schema_->end_object();
  };
  return key(name, help, describe_items, [&](const json::Node& value) {
    if (!value.is_array()) return reader_->problem(value, std::string(name) + " must be a list");
    for (const json::Node* item : value.items()) read_mapping(*reader_, *item, what, read);
  });
}

Mapping& Mapping::value(std::string_view name, const Schema& schema, const Convert& convert, std::string_view help) {
  return typed(name, help, schema, [&](const json::Node& value) {
    auto converted = convert(value);
    if (!converted) reader_->problem(value, std::move(converted.error().message), std::move(converted.error().remedy));
  });
}

Mapping& Mapping::required() {
  required_.push_back(names_.back());
  return *this;
}

void Mapping::check(bool good, std::string message, std::string remedy) {
  if (!good && !describes()) reader_->problem(*node_, std::move(message), std::move(remedy));
}

void Mapping::finish() {
  if (describes()) {
    schema_->end_object();
    if (!required_.empty()) schema_->key("required").begin_array();
    for (const std::string& name : required_) schema_->string(name);
    if (!required_.empty()) schema_->end_array();
    schema_->key("additionalProperties").boolean(false);
    return;
  }
  const std::vector<std::string_view> names(names_.begin(), names_.end());
  for (const auto& [key, value] : node_->members()) {
    if (std::ranges::find(names, key->text()) != names.end()) continue;
    const auto near = nearest(key->text(), names);
    reader_->problem(*key, "unknown key " + quoted(key->text()) + " in " + std::string(what_),
                     near ? "Did you mean " + quoted(*near) + "?" : "");
  }
  for (const std::string& name : required_) {
    if (node_->find(name) == nullptr) reader_->problem(*node_, std::string(what_) + " needs " + name);
  }
}

void Mapping::read_mapping(Reader& reader, const json::Node& node, std::string_view what, const Read& read) {
  if (!node.is_object()) return reader.problem(node, std::string(what) + " must be a mapping");
  Mapping mapping(&reader, &node, nullptr, what);
  read(mapping);
  mapping.finish();
}

void Mapping::describe(json::Writer& schema, const Read& read) {
  schema.key("type").string("object");
  schema.key("properties").begin_object();
  Mapping mapping(nullptr, nullptr, &schema, {});
  read(mapping);
  mapping.finish();
}

}  // namespace portico::policy
