#include "schema/link.h"

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
  child.leaf = is_leaf_block(tables, rest);
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
