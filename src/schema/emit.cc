#include "schema/emit.h"

#include <algorithm>

#include "base/text.h"

namespace portico::schema {
namespace {

// Keywords that hand the value itself to other schemas, so that what these evaluate is known only while running.
constexpr std::uint64_t kBranching = bit(Keyword::kAnyOf) | bit(Keyword::kOneOf) | bit(Keyword::kIf) |
                                     bit(Keyword::kDependentSchemas) | bit(Keyword::kDependencies);

}  // namespace

std::size_t Emitter::KeyHash::operator()(const std::vector<std::uint32_t>& key) const {
  std::uint64_t state = key.size();
  for (const std::uint32_t word : key) state = (state ^ word) * UINT64_C(0x9e3779b97f4a7c15) + (state >> 29);
  return static_cast<std::size_t>(state ^ (state >> 32));
}

Result<BlockId> Emitter::compile(SchemaId schema, Direction direction) {
  direction_ = direction;
  const std::size_t first_new = blocks_.size();
  const BlockId root = block(schema, kPlain);
  auto done = work();
  if (done) return root;
  // Blocks that were begun are unusable; what was complete before stays.
  std::erase_if(block_ids_, [&](const auto& entry) { return entry.second >= first_new; });
  pending_.clear();
  return std::unexpected(std::move(done).error());
}

Result<void> Emitter::work() {
  while (!pending_.empty()) {
    const BlockId next = pending_.back();
    pending_.pop_back();
    PORTICO_CHECK_OK(emit(next));
    if (tables_.ops.size() > options_.max_operations) {
      return failure(ErrorCode::kLimit,
                     "the schemas take more than " + std::to_string(options_.max_operations) + " operations");
    }
  }
  return {};
}

BlockId Emitter::block(std::vector<SchemaId> schemas, std::uint32_t variant) {
  for (SchemaId& schema : schemas) schema = graph_.canonical(schema);
  // A conjunction says the same once and in any order; the order is kept for the reader of explanations.
  for (std::size_t i = 1; i < schemas.size();) {
    const bool again = std::find(schemas.begin(), schemas.begin() + static_cast<std::ptrdiff_t>(i), schemas[i]) !=
                       schemas.begin() + static_cast<std::ptrdiff_t>(i);
    if (again)
      schemas.erase(schemas.begin() + static_cast<std::ptrdiff_t>(i));
    else
      ++i;
  }
  if (options_.additional != Additional::kClosed) variant &= ~static_cast<std::uint32_t>(kBranch);
  std::vector<std::uint32_t> key = schemas;
  key.push_back(variant | (static_cast<std::uint32_t>(direction_) << 2));
  const auto id = static_cast<BlockId>(blocks_.size());
  const auto [entry, added] = block_ids_.try_emplace(std::move(key), id);
  if (!added) return entry->second;
  blocks_.push_back({std::move(schemas), direction_, variant});
  pending_.push_back(id);
  return id;
}

BlockId Emitter::fail_block(FailReason reason, std::uint32_t path, const json::Node& node, Keyword keyword) {
  const auto id = static_cast<BlockId>(blocks_.size());
  blocks_.push_back({{}, direction_, kPlain, kNoBlock, reason, source(path, node, keyword)});
  pending_.push_back(id);
  return id;
}

Result<void> Emitter::emit(BlockId id) {
  const Block now = blocks_[id];  // a copy: blocks_ grows
  blocks_[id].pc = static_cast<std::uint32_t>(tables_.ops.size());
  if (now.schemas.empty()) {
    add({.code = Code::kFail, .n = static_cast<std::uint16_t>(now.fail)}, now.fail_source);
    add({.code = Code::kReturn}, 0);
    return {};
  }
  PORTICO_TRY(const Conjunction all, graph_.conjunction(now.schemas));
  if (all.never != kNoBlock) {
    const SchemaInfo& info = graph_[all.never];
    FailReason reason = FailReason::kNever;
    if (info.holder == Keyword::kAdditionalProperties) reason = FailReason::kUndeclared;
    if (info.holder == Keyword::kUnevaluatedProperties || info.holder == Keyword::kUnevaluatedItems) {
      reason = FailReason::kUnevaluated;
    }
    if (info.holder == Keyword::kItems || info.holder == Keyword::kAdditionalItems) reason = FailReason::kNoItem;
    // A `false` under a keyword of its own is that keyword's; one under a name is a schema without keywords.
    const bool named = holds(info.holder) != Holds::kSchema && holds(info.holder) != Holds::kSchemaOrSchemas;
    add({.code = Code::kFail, .n = static_cast<std::uint16_t>(reason)},
        source(named ? info.path : info.parent_path, *info.node, named ? Keyword::kNone : info.holder));
    add({.code = Code::kReturn}, 0);
    return {};
  }
  const Tracking tracking = plan_tracking(now, all);
  for (const Part& part : all.parts) emit_types(part);
  for (const Part& part : all.parts) emit_scalars(part);
  if (tracking.late()) add({.code = Code::kTrackBegin}, 0);
  for (const Part& part : all.parts) emit_array(part, tracking);
  PORTICO_CHECK_OK(emit_objects(all, tracking));
  for (const SchemaId call : all.calls) {
    add({.code = Code::kCall, .a = block(call, tracking.variant)},
        source(graph_[call].path, *graph_[call].node, Keyword::kNone));
  }
  for (const Part& part : all.parts) emit_flow(part, tracking);
  if (tracking.late()) end_tracking(now, all, tracking);
  add({.code = Code::kReturn}, 0);
  return {};
}

Emitter::Tracking Emitter::plan_tracking(const Block& block, const Conjunction& all) {
  Tracking tracking;
  if ((block.variant & kMarking) != 0) tracking.flags = kMark;
  std::uint64_t present = 0;
  std::size_t with_arrays = 0;
  std::size_t with_patterns = 0;
  std::size_t with_objects = 0;
  for (const Part& part : all.parts) {
    present |= part.keywords.present();
    constexpr std::uint64_t kArrayWords =
        bit(Keyword::kItems) | bit(Keyword::kPrefixItems) | bit(Keyword::kAdditionalItems);
    constexpr std::uint64_t kObjectWords = bit(Keyword::kProperties) | bit(Keyword::kAdditionalProperties) |
                                           bit(Keyword::kRequired) | bit(Keyword::kPatternProperties);
    if ((part.keywords.present() & kArrayWords) != 0) ++with_arrays;
    if ((part.keywords.present() & kObjectWords) != 0) ++with_objects;
    if (part.keywords.has(Keyword::kPatternProperties)) ++with_patterns;
  }
  const bool branching = !all.calls.empty() || (present & kBranching) != 0;
  const bool one_table = with_patterns == 0 || with_objects == 1;
  // Only a block of one schema can own them: see SchemaGraph::conjunction().
  const bool owner = block.schemas.size() == 1 && !all.parts.empty();
  const Keywords* own = owner ? &all.parts.front().keywords : nullptr;
  if (own != nullptr && own->has(Keyword::kUnevaluatedProperties)) {
    const json::Node& node = *(*own)[Keyword::kUnevaluatedProperties];
    const bool opened = options_.additional == Additional::kOpened && node.is_boolean() && !node.is_true();
    if (opened) {
      // Nothing is asked of them.
    } else if (!branching && one_table) {
      tracking.rest_of_properties = graph_.child(all.parts.front().id, node, Keyword::kUnevaluatedProperties);
    } else {
      tracking.properties = &node;
    }
  }
  if (own != nullptr && own->has(Keyword::kUnevaluatedItems)) {
    const json::Node& node = *(*own)[Keyword::kUnevaluatedItems];
    if (!branching && with_arrays <= 1 && (present & bit(Keyword::kContains)) == 0 && all.parts.size() == 1) {
      tracking.rest_of_items = graph_.child(all.parts.front().id, node, Keyword::kUnevaluatedItems);
    } else {
      tracking.items = &node;
    }
  }
  // By option, what declares properties and says nothing of others is closed; in branches, only the whole is.
  constexpr std::uint64_t kOpen =
      bit(Keyword::kAdditionalProperties) | bit(Keyword::kPatternProperties) | bit(Keyword::kUnevaluatedProperties);
  if (options_.additional == Additional::kClosed && (block.variant & kBranch) == 0 &&
      (present & bit(Keyword::kProperties)) != 0 && (present & kOpen) == 0) {
    (branching ? tracking.closed_late : tracking.closed) = true;
  }
  tracking.variant = kBranch;
  if (tracking.flags != 0 || tracking.late()) tracking.variant |= kMarking;
  if (tracking.late()) tracking.flags = kMark;
  return tracking;
}

void Emitter::end_tracking(const Block& block, const Conjunction& all, const Tracking& tracking) {
  const auto unevaluated = [&](const json::Node& node, Keyword keyword, std::uint16_t kind) {
    const Part& own = all.parts.front();
    tables_.children.push_back(child(graph_.child(own.id, node, keyword)));
    add({.code = Code::kUnevaluated, .n = kind, .a = static_cast<std::uint32_t>(tables_.children.size() - 1)},
        source(own, keyword));
  };
  if (tracking.properties != nullptr) unevaluated(*tracking.properties, Keyword::kUnevaluatedProperties, 1);
  if (tracking.items != nullptr) unevaluated(*tracking.items, Keyword::kUnevaluatedItems, 2);
  if (tracking.closed_late) {
    const Part& own = all.parts.front();
    tables_.children.push_back(
        {.full = fail_block(FailReason::kUndeclared, graph_[own.id].path, *graph_[own.id].node, Keyword::kNone)});
    add({.code = Code::kUnevaluated, .n = 1, .a = static_cast<std::uint32_t>(tables_.children.size() - 1)},
        source(graph_[own.id].path, *graph_[own.id].node, Keyword::kNone));
  }
  const bool reports = (block.variant & kMarking) != 0;
  add({.code = Code::kTrackEnd, .flags = reports ? kMark : std::uint8_t{0}}, 0);
}

std::uint32_t Emitter::add(Op op, std::uint32_t source) {
  tables_.ops.push_back(op);
  tables_.op_sources.push_back(source);
  return static_cast<std::uint32_t>(tables_.ops.size() - 1);
}

std::uint32_t Emitter::source(const Part& part, Keyword keyword) {
  return source(graph_[part.id].path, *part.keywords[keyword], keyword);
}

std::uint32_t Emitter::source(std::uint32_t path, const json::Node& node, Keyword keyword) {
  const Place place = graph_.place(node);
  if (last_document_ >= tables_.documents.size() || tables_.documents[last_document_] != place.file) {
    const auto found = std::ranges::find(tables_.documents, place.file);
    last_document_ = static_cast<std::size_t>(found - tables_.documents.begin());
    if (found == tables_.documents.end()) tables_.documents.push_back(place.file);
  }
  tables_.sources.push_back({path, node.line(), node.column(), static_cast<std::uint16_t>(last_document_), keyword});
  return static_cast<std::uint32_t>(tables_.sources.size() - 1);
}

std::uint32_t Emitter::message(std::string_view text) {
  const auto id = static_cast<std::uint32_t>(tables_.messages.size());
  const auto [entry, added] = message_ids_.try_emplace(std::string(text), id);
  if (added) tables_.messages.emplace_back(text);
  return entry->second;
}

void Emitter::note(Note::Kind kind, std::string_view subject, std::string text, const json::Node& node) {
  if (!noted_.emplace(kind, std::string(subject)).second) return;
  notes_.push_back({kind, std::string(subject), std::move(text), graph_.place(node)});
}

}  // namespace portico::schema
