#include "threats/resources.h"

#include <algorithm>
#include <map>
#include <set>

#include "audit/names.h"
#include "base/text.h"

namespace portico::threats {
namespace {

bool is_variable(std::string_view segment) { return segment.contains('{'); }

// "{orderId}" -> "orderId"; "{name}.json" -> "name".
std::string_view variable_of(std::string_view segment) {
  const auto open = segment.find('{');
  const auto close = segment.find('}', open);
  return segment.substr(open + 1, close - open - 1);
}

// "orders" -> "order", "categories" -> "category", "addresses" -> "address", "status" -> "status".
std::string singular(std::string_view plural) {
  std::string word = lower(plural);
  if (word.ends_with("ies") && word.size() > 4) return word.substr(0, word.size() - 3) + "y";
  if (word.ends_with("sses") || word.ends_with("xes") || word.ends_with("ches")) return word.substr(0, word.size() - 2);
  if (word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is")) word.pop_back();
  return word;
}

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  for (const auto segment : split(path, '/')) {
    if (!segment.empty()) segments.push_back(segment);
  }
  return segments;
}

std::string path_of(std::span<const std::string_view> segments) {
  std::string path;
  for (const auto segment : segments) path.append("/").append(segment);
  return path;
}

bool names_person(std::string_view name) {
  constexpr std::array<std::string_view, 15> kPersons = {"user",    "customer",     "account",  "member",     "person",
                                                         "profile", "patient",      "employee", "owner",      "tenant",
                                                         "org",     "organization", "client",   "subscriber", "player"};
  const auto words = words_of(name);
  return std::ranges::any_of(
      words, [&](const auto& word) { return std::ranges::find(kPersons, singular(word)) != kPersons.end(); });
}

class Builder {
 public:
  explicit Builder(std::span<const Facts> facts) : facts_(facts) {}

  Resources build() {
    note_variables();
    for (std::uint32_t i = 0; i < facts_.size(); ++i) place(i);
    note_givers();
    return std::move(resources_);
  }

 private:
  // The resource at the path's first `count` segments, made when it is new.
  std::uint32_t at(std::span<const std::string_view> segments, std::int32_t parent) {
    const std::string path = path_of(segments);
    const auto [found, added] = by_path_.try_emplace(path, static_cast<std::uint32_t>(resources_.all.size()));
    if (added) {
      Resource& resource = resources_.all.emplace_back();
      resource.parent = parent;
      resource.path = path.empty() ? "/" : path;
      const bool keyed = !segments.empty() && is_variable(segments.back());
      if (keyed) resource.key = variable_of(segments.back());
      const std::size_t literal = segments.size() - (keyed ? 2 : 1);
      const bool named = segments.size() >= (keyed ? 2U : 1U) && !is_variable(segments[literal]);
      resource.name = named ? singular(segments[literal]) : (keyed ? resource.key : std::string("root"));
    }
    return found->second;
  }

  // Which variable follows a path: "/orders" -> "{id}".
  void note_variables() {
    for (const Facts& facts : facts_) {
      const auto segments = segments_of(facts.operation->path);
      for (std::size_t i = 1; i < segments.size(); ++i) {
        if (is_variable(segments[i])) variables_.try_emplace(path_of(std::span(segments).first(i)), segments[i]);
      }
    }
  }

  void place(std::uint32_t index) {
    const std::vector<std::string_view> segments = segments_of(facts_[index].operation->path);
    std::int32_t parent = -1;
    std::uint32_t resource = 0;
    bool any = false;
    // Every variable ends a resource; what follows the last one is a collection below it, or something done to it.
    for (std::size_t count = 1; count <= segments.size(); ++count) {
      if (!is_variable(segments[count - 1])) continue;
      resource = at(std::span(segments).first(count), parent);
      parent = static_cast<std::int32_t>(resource);
      any = true;
    }
    if (!any || !is_variable(segments.back())) {
      resource = collection(segments, parent, resource, any);
    }
    resources_.of_operation.push_back(resource);
    resources_.all[resource].operations.push_back(index);
    note_key(index, resource);
  }

  // "/orders" is the collection of "/orders/{id}" wherever that is declared; "/orders/{id}/refund" belongs to the
  // order.
  std::uint32_t collection(std::span<const std::string_view> segments, std::int32_t parent, std::uint32_t holder,
                           bool held) {
    const auto variable = variables_.find(path_of(segments));
    if (variable != variables_.end()) {
      std::vector<std::string_view> whole(segments.begin(), segments.end());
      whole.push_back(variable->second);
      return at(whole, parent);
    }
    if (held) return holder;
    return at(segments.first(std::min<std::size_t>(segments.size(), 1)), parent);
  }

  void note_key(std::uint32_t index, std::uint32_t at) {
    const Facts& facts = facts_[index];
    Resource& resource = resources_.all[at];
    for (const Field& field : facts.sent) {
      if (field.name == resource.key && field.kind == "path parameter")
        resource.guessable |= facts.sequential || (field.traits & kCountable) != 0;
    }
    const auto personal = [](const Field& field) { return contract::is_personal(field.data_class); };
    resource.personal |= std::ranges::any_of(facts.returned, personal) || std::ranges::any_of(facts.sent, personal);
  }

  // Operations whose responses carry the key of a resource: its id flows from there into the path.
  void note_givers() {
    std::map<std::string, std::vector<std::uint32_t>> by_key;
    for (std::uint32_t i = 0; i < resources_.all.size(); ++i) {
      if (!resources_.all[i].key.empty()) by_key[join(words_of(resources_.all[i].key), " ")].push_back(i);
    }
    for (std::uint32_t i = 0; i < facts_.size(); ++i) {
      const std::uint32_t own = resources_.of_operation[i];
      std::set<std::uint32_t> given;
      for (const Field& field : facts_[i].returned) {
        if ((field.traits & kObjectId) == 0) continue;
        const auto found = by_key.find(join(words_of(field.name), " "));
        if (found != by_key.end()) given.insert(found->second.begin(), found->second.end());
        if (words_of(field.name).size() == 1 && !resources_.all[own].key.empty()) given.insert(own);
      }
      for (const auto resource : given) resources_.all[resource].given_by.push_back(i);
    }
    for (Resource& resource : resources_.all) {
      resource.id = resource.path;
      const Resource* parent =
          resource.parent < 0 ? nullptr : &resources_.all[static_cast<std::size_t>(resource.parent)];
      if (names_person(resource.name)) {
        resource.owner = "itself";
      } else if (parent != nullptr && names_person(parent->name)) {
        resource.owner = parent->name;
      }
    }
  }

  std::span<const Facts> facts_;
  Resources resources_;
  std::map<std::string, std::uint32_t> by_path_;
  std::map<std::string, std::string_view> variables_;
};

}  // namespace

Resources resources_of(std::span<const Facts> facts) { return Builder(facts).build(); }

}  // namespace portico::threats
