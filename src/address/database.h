// What a file in MaxMind's format (.mmdb) knows of an address: the country where it is registered, the autonomous
// system that it belongs to. Immutable; may be used by any number of threads, and by processes after fork.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "address/ip.h"
#include "base/result.h"

namespace portico::address {

class Database {
 public:
  static Result<Database> open(const std::string& path);

  // Two letters of ISO 3166-1, from `country`, else from `registered_country`; empty when the file does not know. The
  // view lives as long as the database.
  std::string_view country(Ip ip) const;

  // The number of the autonomous system; 0 when the file does not know.
  std::uint32_t network(Ip ip) const;

  Database() = default;
  explicit operator bool() const { return file_ != nullptr; }

 private:
  struct File;
  std::shared_ptr<const File> file_;
};

}  // namespace portico::address
