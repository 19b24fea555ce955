#include "schema/link.h"

#include <algorithm>
#include <limits>

#include "schema/selector.h"

namespace portico::schema {
namespace {

bool is_leaf_block(const Tables& tables, std::uint32_t pc) {
  while (tables.ops[pc].code <= Code::kLastLeaf) ++pc;
  return tables.ops[pc].code == Code::kReturn;
}

void resolve(std::uint32_t& block, const Emitter& emitter) {
  if (block != kNoBlock) block = emitter.pc_of(block);
}

// Narrows `low` to `high` by one bound. False for bounds that int64 does not hold.
bool narrow(const Tables& tables, const Op& op, Child& child) {
  const Bound& bound = tables.bounds[op.a];
  if (!bound.is_integer) return false;
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (op.code == Code::kMinimum) {
    if (op.n != 0 && bound.integer == kMost) return false;
    child.low = std::max(child.low, bound.integer + op.n);
  } else {
    if (op.n != 0 && bound.integer == kLeast) return false;
    child.high = std::min(child.high, bound.integer - op.n);
  }
  return true;
}

// What decides most values that come to a block of leaves without running it.
Way way_of_leaves(const Tables& tables, Child& child) {
  const Op* op = tables.ops.data() + child.rest;
  if (op->code == Code::kEnum && op[1].code == Code::kReturn && tables.enums[op->a].strings.count != 0) {
    child.low = op->a;
    return Way::kStrings;
  }
  if (op->code == Code::kMinLength || op->code == Code::kMaxLength) {
    child.low = 0;
    child.high = UINT32_MAX;
    for (; op->code != Code::kReturn; ++op) {
      const std::int64_t limit = op->a;
      // A code point takes one to four bytes.
      if (op->code == Code::kMinLength) {
        child.low = std::max(child.low, 4 * limit - 3);
      } else if (op->code == Code::kMaxLength) {
        child.high = std::min(child.high, limit);
      } else {
        return Way::kLeaves;
      }
    }
    return Way::kSize;
  }
  if (op->code != Code::kMinimum && op->code != Code::kMaximum) return Way::kLeaves;
  child.low = std::numeric_limits<std::int64_t>::min();
  child.high = std::numeric_limits<std::int64_t>::max();
  for (; op->code != Code::kReturn; ++op) {
    const bool is_bound = op->code == Code::kMinimum || op->code == Code::kMaximum;
    if (!is_bound || !narrow(tables, *op, child)) return Way::kLeaves;
  }
  return Way::kRange;
}

void link_child(Tables& tables, const Emitter& emitter, Child& child) {
  if (child.full == kNoBlock) return;
  child.full = emitter.pc_of(child.full);
  std::uint32_t rest = child.full;
  if (tables.ops[rest].code == Code::kReturn) {
    child.full = kNoBlock;
    return;
  }
  if (tables.ops[rest].code == Code::kTypes) child.types = tables.ops[rest++].n;
  if (tables.ops[rest].code == Code::kReturn) return;
  child.rest = rest;
  child.way = is_leaf_block(tables, rest) ? way_of_leaves(tables, child) : Way::kBlock;
  const Op& op = tables.ops[rest];
  if ((op.code == Code::kAnyOf || op.code == Code::kOneOf) && op.flags == 0 &&
      tables.ops[rest + 1].code == Code::kReturn && tables.choices[op.a].count <= kMaxMasked) {
    child.way = Way::kChoice;
    child.low = op.a;
  }
}

void link_op(Tables& tables, const Emitter& emitter, Op& op) {
  switch (op.code) {
    case Code::kCall:
    case Code::kNot:
      resolve(op.a, emitter);
      op.n = is_leaf_block(tables, op.a) ? 1 : 0;
      break;
    case Code::kIf:
      resolve(op.a, emitter);
      resolve(op.b, emitter);
      resolve(op.c, emitter);
      break;
    case Code::kObject: op.n = op.flags == 0 && tables.objects[op.a].pattern_count <= 1 ? 1 : 0; break;
    case Code::kArray: {
      const ArrayTable& table = tables.arrays[op.a];
      op.n = op.flags == 0 && table.prefix_count == 0 && table.has_items ? 1 : 0;
      break;
    }
    default: break;
  }
}

}  // namespace

LinkMarks marks_of(const Tables& tables) {
  return {tables.ops.size(),    tables.children.size(), tables.pattern_children.size(), tables.objects.size(),
          tables.arrays.size(), tables.counts.size(),   tables.branches.size(),         tables.dependent_schemas.size(),
          tables.choices.size()};
}

void link(Tables& tables, const Emitter& emitter, const LinkMarks& from) {
  for (std::size_t i = from.ops; i < tables.ops.size(); ++i) link_op(tables, emitter, tables.ops[i]);
  const auto children = [&](auto& list, std::size_t first, auto member) {
    for (std::size_t i = first; i < list.size(); ++i) link_child(tables, emitter, member(list[i]));
  };
  const auto itself = [](Child& child) -> Child& { return child; };
  children(tables.children, from.children, itself);
  children(tables.branches, from.branches, itself);
  children(tables.pattern_children, from.pattern_children, [](PatternChild& p) -> Child& { return p.child; });
  children(tables.objects, from.objects, [](ObjectTable& o) -> Child& { return o.others; });
  children(tables.arrays, from.arrays, [](ArrayTable& a) -> Child& { return a.items; });
  children(tables.counts, from.counts, [](CountTable& c) -> Child& { return c.child; });
  for (std::size_t i = from.dependent_schemas; i < tables.dependent_schemas.size(); ++i) {
    resolve(tables.dependent_schemas[i].block, emitter);
  }
  for (std::size_t i = from.choices; i < tables.choices.size(); ++i) make_selector(tables, tables.choices[i]);
}

}  // namespace portico::schema
