// From files to a Contract.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "contract/documents.h"
#include "contract/model.h"

namespace portico::contract {

// Loads the document at `path` and all that it refers to. An Error means that there is no model at all (unreadable,
// not YAML or JSON, not OpenAPI, over budget); all else that is wrong is among Contract::problems.
Result<Contract> load(const std::string& path, const LoadOptions& options = {});

// The same for a document in memory; `name` stands for its path in places and for relative references.
Result<Contract> load_text(std::string_view text, const std::string& name, const LoadOptions& options = {});

}  // namespace portico::contract
