// What surrounds the cases of one file: files beside the policy, and signed tokens.
#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "base/base64.h"
#include "base/file.h"
#include "case_json.h"
#include "json/tree.h"

namespace portico::cases {

class GuardSetting {
 public:
  // False when a file cannot be written.
  bool prepare(const json::Node& root, const std::string& folder) {
    if (const json::Node* tokens = root.find("tokens")) {
      for (const auto& [name, token] : tokens->members()) tokens_.emplace(name->text(), signed_token(*token));
    }
    const json::Node* files = root.find("files");
    if (files == nullptr) return true;
    for (const auto& [name, content] : files->members()) {
      std::string text(content->text());
      if (!content->is_string()) write_json(*content, text);
      if (!write_file(folder + '/' + std::string(name->text()), text)) return false;
    }
    return true;
  }

  // `text` with "{token:name}" replaced.
  std::string filled(std::string_view text) const {
    constexpr std::string_view kStart = "{token:";
    std::string out(text);
    for (auto at = out.find(kStart); at != std::string::npos; at = out.find(kStart, at + 1)) {
      const auto end = out.find('}', at);
      const auto found = tokens_.find(out.substr(at + kStart.size(), end - at - kStart.size()));
      if (end == std::string::npos || found == tokens_.end()) std::abort();
      out.replace(at, end + 1 - at, found->second);
    }
    return out;
  }

 private:
  static std::string signed_token(const json::Node& token) {
    std::string header = R"({"alg":"HS256"})";
    std::string claims;
    if (const json::Node* given = token.find("header")) {
      header.clear();
      write_json(*given, header);
    }
    write_json(*token.find("claims"), claims);
    std::string text;
    append_base64url(text, header);
    append_base64url(text += '.', claims);
    const std::string_view secret = token.text_of("secret");
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac;
    unsigned size = 0;
    ::HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), &size);
    append_base64url(text += '.', {reinterpret_cast<const char*>(mac.data()), size});
    return text;
  }

  std::map<std::string, std::string, std::less<>> tokens_;
};

}  // namespace portico::cases
