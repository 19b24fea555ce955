// Turns schemas into blocks of operations (program.h). Blocks are made from a worklist, never by recursion, and each
// conjunction of schemas once: a component that many operations refer to is one block for each direction.
#pragma once

#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "schema/graph.h"

namespace portico::schema {

using BlockId = std::uint32_t;

class Emitter {
 public:
  Emitter(SchemaGraph& graph, Tables& tables, const CompileOptions& options, std::vector<Note>& notes)
      : graph_(graph), tables_(tables), options_(options), notes_(notes) {}

  // The block of a schema as the root of values, with all that it needs, compiled. Not linked yet.
  Result<BlockId> compile(SchemaId schema, Direction direction);

  std::uint32_t pc_of(BlockId block) const { return blocks_[block].pc; }
  bool has(BlockId block) const { return block < blocks_.size(); }

 private:
  // Where a block stands: what it must report, and whether it is all that is said about its value.
  enum Variant : std::uint32_t { kPlain = 0, kMarking = 1, kBranch = 2 };

  struct Block {
    std::vector<SchemaId> schemas;
    Direction direction;
    std::uint32_t variant;
    std::uint32_t pc = kNoBlock;
    // Blocks that only fail have no schemas.
    FailReason fail = FailReason::kNever;
    std::uint32_t fail_source = 0;
  };
  struct KeyHash {
    std::size_t operator()(const std::vector<std::uint32_t>& key) const;
  };

  // What one block says about evaluated children.
  struct Tracking {
    const json::Node* properties = nullptr;  // unevaluatedProperties, to be decided while running
    const json::Node* items = nullptr;
    SchemaId rest_of_properties = kNoBlock;  // the same, known now: takes the place of additionalProperties
    SchemaId rest_of_items = kNoBlock;
    bool closed = false;  // undeclared properties are refused by option, known now
    bool closed_late = false;
    std::uint32_t variant = kPlain;  // of blocks for the same value
    std::uint8_t flags = 0;          // of this block's operations

    bool late() const { return properties != nullptr || items != nullptr || closed_late; }
  };

  // The parts' members that make one kObject operation.
  struct ObjectPart {
    const Part* part;
    const json::Node* properties;
    const json::Node* patterns;
    const json::Node* additional;
    const json::Node* required;
  };

  BlockId block(std::vector<SchemaId> schemas, std::uint32_t variant);
  BlockId block(SchemaId schema, std::uint32_t variant) { return block(std::vector{schema}, variant); }
  BlockId fail_block(FailReason reason, std::uint32_t path, const json::Node& node, Keyword keyword);
  Result<void> emit(BlockId id);
  Result<void> work();

  Tracking plan_tracking(const Block& block, const Conjunction& all);
  void end_tracking(const Block& block, const Conjunction& all, const Tracking& tracking);
  void emit_scalars(const Part& part);
  void emit_types(const Part& part);
  void emit_constants(const Part& part);
  void emit_enum(const json::Node& values, std::uint32_t source);
  void emit_bounds(const Part& part);
  void emit_bound(Code code, const json::Node& literal, bool exclusive, std::uint32_t source);
  void emit_text(const Part& part);
  void emit_pattern(const Part& part, const json::Node& pattern);
  void emit_format(const Part& part, const json::Node& format);
  void emit_content(const Part& part);
  void emit_sizes(const Part& part);

  Result<void> emit_objects(const Conjunction& all, const Tracking& tracking);
  void emit_object(std::span<const ObjectPart> parts, const Tracking& tracking);
  std::vector<std::string_view> declared_names(std::span<const ObjectPart> parts) const;
  Child property_child(std::span<const ObjectPart> parts, const Tracking& tracking, std::string_view name);
  Child others_child(std::span<const ObjectPart> parts, const Tracking& tracking);
  void add_patterns(ObjectTable& table, const ObjectPart& part);
  void add_required(ObjectTable& table, std::span<const ObjectPart> parts, std::span<const std::string_view> names);
  bool is_misdirected(SchemaId schema, Keyword& keyword);
  bool required_elsewhere(std::span<const ObjectPart> parts, std::string_view name);
  void emit_property_names(const Part& part);
  void emit_dependencies(const Part& part, const Tracking& tracking);
  void emit_dependent_schemas(const Part& part, Keyword keyword, const json::Node& map, const Tracking& tracking);
  void emit_dependent_names(const Part& part, Keyword keyword, const json::Node& map);

  void emit_array(const Part& part, const Tracking& tracking);
  void emit_contains(const Part& part, const Tracking& tracking);
  void emit_flow(const Part& part, const Tracking& tracking);
  void emit_choice(const Part& part, Keyword keyword, const Tracking& tracking);
  std::uint32_t add_discriminator(const json::Node& discriminator, const json::Node& schemas);

  std::uint32_t add(Op op, std::uint32_t source);
  std::uint32_t source(const Part& part, Keyword keyword);
  std::uint32_t source(std::uint32_t path, const json::Node& node, Keyword keyword);
  std::uint32_t message(std::string_view text);
  std::uint32_t constant(const json::Node& value);
  std::uint32_t pattern(std::string_view text, const json::Node& node);
  std::uint32_t bound(const json::Node& literal);
  Child child(SchemaId schema) { return {.full = block(schema, kPlain)}; }
  void note(Note::Kind kind, std::string_view subject, std::string text, const json::Node& node);

  static constexpr std::uint32_t kRefused = 0xfffffffe;  // of pattern()

  SchemaGraph& graph_;
  Tables& tables_;
  const CompileOptions& options_;
  std::vector<Note>& notes_;
  std::set<std::pair<Note::Kind, std::string>> noted_;
  Direction direction_ = Direction::kNeither;

  std::size_t last_document_ = 0;

  std::vector<Block> blocks_;
  std::unordered_map<std::vector<std::uint32_t>, BlockId, KeyHash> block_ids_;
  std::vector<BlockId> pending_;
  std::unordered_map<std::string, std::uint32_t> pattern_ids_;
  std::unordered_map<std::string, std::uint32_t> message_ids_;
};

}  // namespace portico::schema
