#include "contract/data_class.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "contract/data_vocabulary.h"

namespace portico::contract {
namespace {

using json::Node;

std::optional<DataClass> class_of_category(std::string_view category) {
  const std::string key = lower(category);
  if (key == "pii" || key == "personal" || key == "true") return DataClass::kPersonal;
  if (key == "financial" || key == "pci") return DataClass::kFinancial;
  if (key == "government-id") return DataClass::kGovernmentId;
  if (key == "health" || key == "phi") return DataClass::kHealth;
  if (key == "secret") return DataClass::kSecret;
  if (key == "credential" || key == "credentials") return DataClass::kCredential;
  if (key == "contact") return DataClass::kContact;
  if (key == "online") return DataClass::kOnline;
  if (key == "location") return DataClass::kLocation;
  if (key == "sensitive" || key == "special") return DataClass::kSpecial;
  if (key == "none" || key == "public" || key == "false") return DataClass::kNone;
  return std::nullopt;
}

// What the owner says: a category, an object with one, a list (the first that is known), or yes and no.
std::optional<DataClass> labelled(const Node& schema) {
  for (const std::string_view extension : {"x-data-classification", "x-sensitive-data", "x-pii"}) {
    const Node* label = schema.find(extension);
    if (label == nullptr) continue;
    if (label->is_string() || label->is_boolean()) {
      if (const auto found = class_of_category(label->text())) return found;
      return DataClass::kPersonal;  // labelled in words of the owner's own
    }
    for (const Node* item : label->items()) {
      if (const auto found = class_of_category(item->text())) return found;
    }
    if (label->is_object()) {
      if (const auto found = class_of_category(label->text_of("category"))) return found;
      if (label->text_of("sensitivity") == "public") return DataClass::kNone;
      return DataClass::kPersonal;
    }
  }
  return std::nullopt;
}

// The types that a schema allows, or none if it does not say: 3.1 has lists of them.
struct Types {
  bool said = false;
  bool text = false;    // string
  bool number = false;  // number or integer
  bool container = false;

  explicit Types(const Node* schema) {
    const Node* type = schema == nullptr ? nullptr : schema->find("type");
    if (type == nullptr) return;
    add(type->text());
    for (const Node* item : type->items()) add(item->text());
  }
  void add(std::string_view type) {
    if (type.empty()) return;
    said = true;
    text = text || type == "string" || type == "file";
    number = number || type == "number" || type == "integer";
    container = container || type == "array" || type == "object";
  }
};

// Numbers can be coordinates, amounts and numbers of documents, but not names or tokens.
bool fits(DataClass data_class, const Types& types, bool enumerated) {
  if (!types.said) return true;
  if (types.text || types.container) {
    const bool category =
        data_class == DataClass::kHealth || data_class == DataClass::kSpecial || data_class == DataClass::kPersonal;
    return !enumerated || category;
  }
  return types.number && data_class != DataClass::kSecret && data_class != DataClass::kOnline;
}

std::string singular(std::string word) {
  if (word.ends_with("ies") && word.size() > 4) return word.substr(0, word.size() - 3) + 'y';
  if (word.ends_with("sses")) return word.substr(0, word.size() - 2);
  if (word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is") &&
      word.size() > 3) {
    word.pop_back();
  }
  return word;
}

// The meaning of the longest known phrase at the end of the words, and how many words that is.
Meaning read_end(const std::vector<std::string>& words) {
  for (std::size_t count = std::min(kLongestPhrase, words.size()); count > 0; --count) {
    std::string phrase;
    for (std::size_t i = words.size() - count; i < words.size(); ++i) {
      if (!phrase.empty()) phrase += ' ';
      phrase += words[i];
    }
    if (const Meaning meaning = meaning_of(phrase); meaning.reading != Reading::kUnknown) return meaning;
    std::vector<std::string> end(words.end() - static_cast<std::ptrdiff_t>(count), words.end());
    if (const std::string last = singular(end.back()); last != end.back()) {
      end.back() = last;
      if (const Meaning meaning = meaning_of(join(end, " ")); meaning.reading != Reading::kUnknown) return meaning;
    }
  }
  return {};
}

// Words that end in a person: "customer", "shipping_contact", "Users".
bool names_person(const std::vector<std::string>& words) {
  return !words.empty() && (is_person(words.back()) || is_person(singular(words.back())));
}

bool names_thing(const std::vector<std::string>& words) {
  return !words.empty() && (is_thing(words.back()) || is_thing(singular(words.back())));
}

void drop_transparent(std::vector<std::string>& words) {
  while (words.size() > 1 && read_end(words).reading == Reading::kUnknown && is_transparent(words.back())) {
    words.pop_back();
  }
}

DataClass by_name(std::string_view property, std::string_view parent) {
  auto words = words_of(property);
  const auto holder = words_of(parent);
  drop_transparent(words);
  if (words.empty()) return DataClass::kNone;
  const Meaning meaning = read_end(words);
  switch (meaning.reading) {
    case Reading::kKnown: return meaning.data_class;
    case Reading::kUnlessThing:
      if (!names_thing(holder)) return meaning.data_class;
      break;
    case Reading::kNeedsPerson: {
      // "owner_name" names its person itself; a bare "name" leaves that to what it is a part of.
      const std::vector<std::string> before(words.begin(), words.end() - 1);
      if (names_person(before.empty() ? holder : before)) return meaning.data_class;
      break;
    }
    case Reading::kUnknown: break;
  }
  if (holder.empty() || words.size() > 2) return DataClass::kNone;
  // Parent and property together: "number" of a "card", "value" of an "access_token".
  const bool hollow = words.size() == 1 && is_transparent(words.front());
  auto together = holder;
  together.insert(together.end(), words.begin(), words.end());
  drop_transparent(together);
  const Meaning both = read_end(together);
  // "id" of a "session" and "key" of a "license" are no secrets: for those the property must say it alone.
  const bool counts = both.reading == Reading::kKnown && (hollow || both.data_class < DataClass::kCredential);
  return counts ? both.data_class : DataClass::kNone;
}

}  // namespace

std::string_view name(DataClass data_class) {
  constexpr std::array<std::string_view, 11> kNames = {"none",     "personal",      "contact",   "online",
                                                       "location", "government-id", "financial", "health",
                                                       "special",  "credential",    "secret"};
  return kNames[static_cast<std::size_t>(data_class)];
}

DataClass classify(std::string_view property, const Node* schema, std::string_view parent) {
  const Types types(schema);
  if (schema != nullptr) {
    if (const auto label = labelled(*schema)) return *label;
    const std::string_view format = schema->text_of("format");
    if (format == "email" || format == "idn-email" || format == "phone") return DataClass::kContact;
    if (format == "password") return DataClass::kCredential;
    if (types.said && !types.text && !types.number && !types.container) return DataClass::kNone;
  }
  const DataClass found = by_name(property, parent);
  const bool enumerated = schema != nullptr && (schema->find("enum") != nullptr || schema->find("const") != nullptr);
  return fits(found, types, enumerated) ? found : DataClass::kNone;
}

}  // namespace portico::contract
