// A state file, opened and mapped. What is opened is checked first: a link, another's file, one that anybody may write,
// or bytes that are no state file of this version are refused.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>

#include "base/result.h"
#include "state/layout.h"

namespace portico::state {

class Mapping {
 public:
  enum class Access : std::uint8_t { kRead, kWrite };
  static Result<Mapping> open(const std::string& path, Access access);

  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;
  ~Mapping();

  const layout::Header& header() const { return *at<const layout::Header>(0); }
  layout::Header& header() { return *at<layout::Header>(0); }
  const std::atomic<std::uint64_t>& tag(std::size_t slot) const {
    return at<const std::atomic<std::uint64_t>>(layout::kTagsAt)[slot];
  }
  std::atomic<std::uint64_t>& tag(std::size_t slot) { return at<std::atomic<std::uint64_t>>(layout::kTagsAt)[slot]; }
  const layout::Entry& entry(std::size_t slot) const { return at<const layout::Entry>(layout::kEntriesAt)[slot]; }
  layout::Entry& entry(std::size_t slot) { return at<layout::Entry>(layout::kEntriesAt)[slot]; }
  const layout::Record& record(std::size_t slot) const { return at<const layout::Record>(layout::kRecordsAt)[slot]; }
  const char* buffer(std::size_t index, std::uint64_t generation) const {
    return at<const char>(layout::buffer_at(index, generation));
  }

  int descriptor() const { return fd_; }
  const std::string& path() const { return path_; }
  // Whether the path leads to another file by now. False, too, where this process may not look.
  bool is_replaced() const;

 private:
  Mapping(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  template <class T>
  T* at(std::size_t offset) const {
    return reinterpret_cast<T*>(memory_ + offset);
  }

  std::string path_;
  int fd_ = -1;
  std::byte* memory_ = nullptr;
};

// Makes an empty state file if there is none. It appears whole or not at all, readable and writable by its owner, and
// readable by `group`, which may be gid_t(-1): nobody else's.
Result<void> create_if_missing(const std::string& path, gid_t group);

}  // namespace portico::state
