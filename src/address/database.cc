#include "address/database.h"

#include <maxminddb.h>
#include <netinet/in.h>

#include <cstring>

namespace portico::address {

struct Database::File {
  MMDB_s mmdb{};
  bool is_open = false;

  File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (is_open) ::MMDB_close(&mmdb);
  }
};

namespace {

// IPv4 addresses lie at ::a.b.c.d in a file of both kinds, where the library finds them by itself.
MMDB_lookup_result_s look_up(const MMDB_s& mmdb, Ip ip) {
  int error = 0;
  MMDB_lookup_result_s found{};
  if (ip.is_v4()) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(static_cast<std::uint32_t>(ip.low));
    found = ::MMDB_lookup_sockaddr(&mmdb, reinterpret_cast<const sockaddr*>(&address), &error);
  } else if (mmdb.metadata.ip_version == 6) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    for (unsigned i = 0; i < 8; ++i) {
      address.sin6_addr.s6_addr[i] = static_cast<std::uint8_t>(ip.high >> (56 - 8 * i));
      address.sin6_addr.s6_addr[8 + i] = static_cast<std::uint8_t>(ip.low >> (56 - 8 * i));
    }
    found = ::MMDB_lookup_sockaddr(&mmdb, reinterpret_cast<const sockaddr*>(&address), &error);
  }
  if (error != MMDB_SUCCESS) found.found_entry = false;
  return found;
}

bool get(MMDB_lookup_result_s& found, const char* const* path, std::uint32_t type, MMDB_entry_data_s& data) {
  return found.found_entry && ::MMDB_aget_value(&found.entry, &data, path) == MMDB_SUCCESS && data.has_data &&
         data.type == type;
}

}  // namespace

Result<Database> Database::open(const std::string& path) {
  auto file = std::make_shared<File>();
  const int status = ::MMDB_open(path.c_str(), MMDB_MODE_MMAP, &file->mmdb);
  if (status != MMDB_SUCCESS) {
    return failure(ErrorCode::kInvalid, std::string("is no database of addresses: ") + ::MMDB_strerror(status),
                   Place{.file = path}, "It must be in MaxMind's format (.mmdb).");
  }
  file->is_open = true;
  Database database;
  database.file_ = std::move(file);
  return database;
}

std::string_view Database::country(Ip ip) const {
  MMDB_lookup_result_s found = look_up(file_->mmdb, ip);
  for (const char* where : {"country", "registered_country"}) {
    const char* const path[] = {where, "iso_code", nullptr};
    MMDB_entry_data_s data{};
    if (get(found, path, MMDB_DATA_TYPE_UTF8_STRING, data)) return {data.utf8_string, data.data_size};
  }
  return {};
}

std::uint32_t Database::network(Ip ip) const {
  MMDB_lookup_result_s found = look_up(file_->mmdb, ip);
  const char* const path[] = {"autonomous_system_number", nullptr};
  MMDB_entry_data_s data{};
  return get(found, path, MMDB_DATA_TYPE_UINT32, data) ? data.uint32 : 0;
}

}  // namespace portico::address
