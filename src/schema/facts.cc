#include "schema/facts.h"

#include <algorithm>

namespace portico::schema {
namespace {

constexpr int kTopDepth = 3;
constexpr std::uint32_t kMostNested = 16;

constexpr WideTypes kEverything = kTypeAny | kTypeWhole;

WideTypes type_of_constant(const json::TapeView& constants, std::size_t at) {
  constexpr WideTypes kTypes[kTypeCount] = {kTypeNull, kTypeBoolean,
                                            // 1 and 1.0 are equal
                                            kTypeInteger | kTypeNumber | kTypeWhole,
                                            kTypeInteger | kTypeNumber | kTypeWhole, kTypeString, kTypeArray,
                                            kTypeObject, kTypeInteger | kTypeNumber | kTypeWhole};
  return kTypes[type_index(constants.type(at))];
}

WideTypes types_of_enum(const Tables& tables, const EnumTable& known) {
  WideTypes types = known.strings.count != 0 ? kTypeString : WideTypes{0};
  for (std::uint32_t i = 0; i < known.count; ++i) {
    types |= type_of_constant(tables.constants.view(), tables.constant_places[known.first + i]);
  }
  return types;
}

// Both sides may hold kTypeNumber without kTypeWhole, which then covers whole doubles too.
WideTypes intersect(WideTypes a, WideTypes b) {
  const auto spread = [](WideTypes t) { return static_cast<WideTypes>((t & kTypeNumber) != 0 ? t | kTypeWhole : t); };
  return static_cast<WideTypes>(spread(a) & spread(b));
}

// Calls `visit` for each operation that must hold for the block to hold, calls followed.
template <class Visit>
void each_needed(const Tables& tables, std::uint32_t pc, int depth, const Visit& visit) {
  for (; tables.ops[pc].code != Code::kReturn; ++pc) {
    const Op& op = tables.ops[pc];
    visit(op);
    if (op.code == Code::kCall && depth > 0) each_needed(tables, op.a, depth - 1, visit);
  }
}

}  // namespace

WideTypes types_accepted(const Tables& tables, const Child& child, int depth) {
  return child.full == kNoBlock ? kEverything : types_accepted(tables, child.full, depth);
}

WideTypes types_accepted(const Tables& tables, std::uint32_t pc, int depth) {
  WideTypes types = kEverything;
  each_needed(tables, pc, depth, [&](const Op& op) {
    switch (op.code) {
      case Code::kTypes: types = intersect(types, op.n); break;
      case Code::kFail:
        types = op.n == static_cast<std::uint16_t>(FailReason::kRefusedPattern)
                    ? static_cast<WideTypes>(types & ~static_cast<unsigned>(kTypeString))
                    : WideTypes{0};
        break;
      case Code::kConst: types = intersect(types, type_of_constant(tables.constants.view(), op.a)); break;
      case Code::kEnum: types = intersect(types, types_of_enum(tables, tables.enums[op.a])); break;
      case Code::kAnyOf:
      case Code::kOneOf: {
        const Choice& choice = tables.choices[op.a];
        // Choices within choices multiply: large ones are left alone there.
        if (depth == 0 || (depth < kTopDepth && choice.count > kMostNested)) break;
        WideTypes any = 0;
        for (std::uint32_t i = 0; i < choice.count; ++i) {
          any |= types_accepted(tables, tables.branches[choice.first + i], depth - 1);
        }
        types = intersect(types, any);
        break;
      }
      default: break;
    }
  });
  return types;
}

std::optional<std::vector<std::string_view>> strings_accepted(const Tables& tables, const Child& child) {
  std::optional<std::vector<std::string_view>> found;
  if (child.full == kNoBlock) return found;
  each_needed(tables, child.full, 2, [&](const Op& op) {
    if (op.code != Code::kEnum || found) return;
    const KeyTable& strings = tables.enums[op.a].strings;
    found.emplace();
    for (std::uint32_t i = 0; i < strings.count; ++i) {
      found->push_back(tables.names.text_of(tables.names.names[strings.first + i]));
    }
  });
  return found;
}

std::vector<const ObjectTable*> objects_of(const Tables& tables, std::uint32_t pc) {
  std::vector<const ObjectTable*> found;
  each_needed(tables, pc, 4, [&](const Op& op) {
    if (op.code == Code::kObject) found.push_back(&tables.objects[op.a]);
  });
  return found;
}

std::vector<const ArrayTable*> arrays_of(const Tables& tables, std::uint32_t pc) {
  std::vector<const ArrayTable*> found;
  each_needed(tables, pc, 4, [&](const Op& op) {
    if (op.code == Code::kArray) found.push_back(&tables.arrays[op.a]);
  });
  return found;
}

bool accepts_nothing(const Tables& tables, const Child& child) {
  if (child.full == kNoBlock) return false;
  const Op& first = tables.ops[child.full];
  return first.code == Code::kFail && first.n != static_cast<std::uint16_t>(FailReason::kRefusedPattern);
}

}  // namespace portico::schema
