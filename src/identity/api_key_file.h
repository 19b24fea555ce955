// Reading a file of API keys; see api_keys.h for its form.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "identity/api_keys.h"

namespace portico::identity {

struct ApiKeyFile {
  std::string salt;
  std::vector<ApiKeyEntry> keys;
};

Result<ApiKeyFile> read_api_key_file(std::string_view text, const std::string& name);

}  // namespace portico::identity
