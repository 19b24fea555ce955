// The allow and deny lists of a policy, compiled; also as a file that one process writes and others map. nginx's
// workers read the lists themselves when a configuration is loaded; `portico serve` compiles them anew when their files
// change, and the workers take its file from then on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "address/set.h"
#include "base/result.h"

namespace portico::address {

struct ListSources {
  std::vector<std::string> networks;  // from the policy itself
  std::vector<std::string> files;

  bool empty() const { return networks.empty() && files.empty(); }
};

// An Error names the file and the line.
Result<Set> compile(const ListSources& sources);

// Both lists, in memory of the process or mapped. Movable; the sets must not be used after it is gone.
class Lists {
 public:
  // `sources` tells policies' lists apart: hash_of().
  static std::uint64_t hash_of(const ListSources& allow, const ListSources& deny);

  // Reads and compiles. `started_us` of the result is the wall clock before the first file was read.
  static Result<Lists> compile(const ListSources& allow, const ListSources& deny);

  // Maps what write() wrote. A file that was not made of the same sources, or is damaged, is an Error.
  static Result<Lists> map(const std::string& path, std::uint64_t sources);

  // Replaces the file as a whole, readable by `group` (or by nobody else: gid_t(-1)).
  Result<void> write(const std::string& path, std::uint32_t group) const;

  const Set& allowed() const { return allowed_; }
  const Set& denied() const { return denied_; }
  std::int64_t started_us() const { return started_us_; }

  Lists() = default;
  Lists(Lists&& other) noexcept;
  Lists& operator=(Lists&& other) noexcept;
  ~Lists();

 private:
  Set allowed_;
  Set denied_;
  std::uint64_t sources_ = 0;
  std::int64_t started_us_ = 0;
  void* mapped_ = nullptr;
  std::size_t mapped_size_ = 0;
};

// Where the compiled lists of a state file's policy lie.
inline std::string lists_path(const std::string& state) { return state + ".addresses"; }

}  // namespace portico::address
