#include "schema/scalar_plan.h"

#include <algorithm>

#include "schema/facts.h"

namespace portico::schema {
namespace {

// An object of arrays of scalars is as deep as parameters go.
constexpr int kDepth = 3;
constexpr std::size_t kMostProperties = 512;

ScalarPlan plan_of(const Tables& tables, const Child& child, int depth);

// Blocks whose objects and arrays count: the block itself, and the branches of its choices.
void blocks_of(const Tables& tables, std::uint32_t pc, int depth, std::vector<std::uint32_t>& out) {
  out.push_back(pc);
  if (depth == 0) return;
  for (; tables.ops[pc].code != Code::kReturn; ++pc) {
    const Op& op = tables.ops[pc];
    if (op.code == Code::kCall) blocks_of(tables, op.a, depth - 1, out);
    if (op.code != Code::kAnyOf && op.code != Code::kOneOf) continue;
    const Choice& choice = tables.choices[op.a];
    for (std::uint32_t i = 0; i < choice.count; ++i) {
      const Child& branch = tables.branches[choice.first + i];
      if (branch.full != kNoBlock) blocks_of(tables, branch.full, depth - 1, out);
    }
  }
}

// Where two schemas speak of the same child, either's types may be meant.
void join_plans(std::vector<ScalarPlan>& into, ScalarPlan plan) {
  if (into.empty()) {
    into.push_back(std::move(plan));
  } else {
    into.front().types |= plan.types;
  }
}

void add_property(ScalarPlan& plan, std::string_view name, ScalarPlan child) {
  const auto found = std::ranges::find(plan.properties, name, &ScalarPlan::Property::name);
  if (found != plan.properties.end()) {
    found->plan.types |= child.types;
  } else if (plan.properties.size() < kMostProperties) {
    plan.properties.push_back({std::string(name), std::move(child)});
  }
}

ScalarPlan plan_at(const Tables& tables, std::uint32_t pc, int depth) {
  ScalarPlan plan;
  plan.types = static_cast<TypeMask>(types_accepted(tables, pc) & kTypeAny);
  if (depth == 0) return plan;
  std::vector<std::uint32_t> blocks;
  blocks_of(tables, pc, 3, blocks);
  for (const std::uint32_t block : blocks) {
    for (const ArrayTable* array : arrays_of(tables, block)) {
      for (std::uint32_t i = 0; i < array->prefix_count; ++i) {
        join_plans(plan.items, plan_of(tables, tables.children[array->first_prefix + i], depth - 1));
      }
      if (array->has_items) join_plans(plan.items, plan_of(tables, array->items, depth - 1));
    }
    for (const ObjectTable* object : objects_of(tables, block)) {
      for (std::uint32_t i = 0; i < object->keys.count; ++i) {
        const std::string_view name = tables.names.text_of(tables.names.names[object->keys.first + i]);
        add_property(plan, name, plan_of(tables, tables.children[object->first_child + i], depth - 1));
      }
      for (std::uint32_t i = 0; i < object->pattern_count; ++i) {
        join_plans(plan.additional,
                   plan_of(tables, tables.pattern_children[object->first_pattern + i].child, depth - 1));
      }
      if (!accepts_nothing(tables, object->others)) {
        join_plans(plan.additional, plan_of(tables, object->others, depth - 1));
      }
    }
  }
  return plan;
}

ScalarPlan plan_of(const Tables& tables, const Child& child, int depth) {
  return child.full == kNoBlock ? ScalarPlan{} : plan_at(tables, child.full, depth);
}

}  // namespace

ScalarPlan make_plan(const Tables& tables, std::uint32_t pc) { return plan_at(tables, pc, kDepth); }

const ScalarPlan* ScalarPlan::property(std::string_view name) const {
  const auto found = std::ranges::find(properties, name, &Property::name);
  if (found != properties.end()) return &found->plan;
  return additional.empty() ? nullptr : &additional.front();
}

}  // namespace portico::schema
