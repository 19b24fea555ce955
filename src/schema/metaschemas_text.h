// The texts behind metaschemas.h.
#pragma once

#include <span>
#include <string_view>

namespace portico::schema {

struct MetaSchemaText {
  std::string_view uri;
  std::string_view text;
};

std::span<const MetaSchemaText> meta_schema_texts();

}  // namespace portico::schema
