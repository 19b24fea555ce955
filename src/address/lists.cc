#include "address/lists.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "address/list_file.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"

namespace portico::address {
namespace {

constexpr std::uint64_t kMagic = UINT64_C(0x317374736c646461);  // "addlsts1"

// The file: this header and the two sets, each in a whole number of words.
struct FileHeader {
  std::uint64_t magic = kMagic;
  std::uint64_t sources = 0;
  std::int64_t started_us = 0;
  std::uint64_t allowed_bytes = 0;
  std::uint64_t denied_bytes = 0;
  std::uint64_t checksum = 0;  // of the two sets
};

std::uint64_t checksum_of(std::span<const std::byte> allowed, std::span<const std::byte> denied) {
  const auto text = [](std::span<const std::byte> bytes) {
    return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  return hash(text(denied), hash(text(allowed), kMagic));
}

}  // namespace

Result<Set> compile(const ListSources& sources) {
  std::vector<Range> ranges;
  for (const std::string& text : sources.networks) {
    if (const auto network = parse_network(text)) ranges.push_back(range_of(*network));
  }
  for (const std::string& file : sources.files) PORTICO_CHECK_OK(read_list_file(file, ranges));
  return Set::make(std::move(ranges));
}

std::uint64_t Lists::hash_of(const ListSources& allow, const ListSources& deny) {
  std::uint64_t state = kMagic;
  for (const auto* texts : {&allow.networks, &allow.files, &deny.networks, &deny.files}) {
    for (const std::string& text : *texts) state = hash(text, state);
    state = mix(state ^ texts->size(), kMagic);
  }
  return state;
}

Result<Lists> Lists::compile(const ListSources& allow, const ListSources& deny) {
  Lists lists;
  lists.started_us_ = wall_us();
  lists.sources_ = hash_of(allow, deny);
  PORTICO_TRY(lists.allowed_, address::compile(allow));
  PORTICO_TRY(lists.denied_, address::compile(deny));
  return lists;
}

Result<void> Lists::write(const std::string& path, std::uint32_t group) const {
  // Empty sets have no bytes of their own to be mapped later.
  const Set nothing = Set::make({});
  const auto bytes_of = [&](const Set& set) { return set.bytes().empty() ? nothing.bytes() : set.bytes(); };
  const auto allowed = bytes_of(allowed_);
  const auto denied = bytes_of(denied_);
  const FileHeader header{.sources = sources_,
                          .started_us = started_us_,
                          .allowed_bytes = allowed.size(),
                          .denied_bytes = denied.size(),
                          .checksum = checksum_of(allowed, denied)};
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof(header));
  bytes.append(reinterpret_cast<const char*>(allowed.data()), allowed.size());
  bytes.append(reinterpret_cast<const char*>(denied.data()), denied.size());
  PORTICO_CHECK_OK(write_file(path, bytes, 0640));
  if (group != UINT32_MAX && ::chown(path.c_str(), static_cast<uid_t>(-1), group) != 0) {
    return io_failure("cannot give the compiled lists to the workers", path, errno);
  }
  return {};
}

Result<Lists> Lists::map(const std::string& path, std::uint64_t sources) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return io_failure("cannot open the compiled lists", path, errno);
  struct stat status{};
  const bool good = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size >= 0 &&
                    static_cast<std::uint64_t>(status.st_size) >= sizeof(FileHeader);
  const auto size = good ? static_cast<std::size_t>(status.st_size) : 0;
  void* memory = good ? ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
  ::close(fd);
  const auto damaged = [&] {
    return failure(ErrorCode::kInvalid, "the compiled address lists are damaged", Place{.file = path});
  };
  if (memory == MAP_FAILED) return damaged();
  Lists lists;
  lists.mapped_ = memory;
  lists.mapped_size_ = size;
  FileHeader header;
  std::memcpy(&header, memory, sizeof(header));
  if (header.magic != kMagic || header.allowed_bytes > size || header.denied_bytes > size ||
      sizeof(header) + header.allowed_bytes + header.denied_bytes != size || header.allowed_bytes % 8 != 0) {
    return damaged();
  }
  if (header.sources != sources) {
    return failure(ErrorCode::kNotFound, "the compiled address lists are of another policy", Place{.file = path});
  }
  const std::span all(static_cast<const std::byte*>(memory), size);
  const auto allowed = all.subspan(sizeof(header), header.allowed_bytes);
  const auto denied = all.subspan(sizeof(header) + header.allowed_bytes);
  if (checksum_of(allowed, denied) != header.checksum) return damaged();
  lists.sources_ = header.sources;
  lists.started_us_ = header.started_us;
  PORTICO_TRY(lists.allowed_, Set::over(allowed));
  PORTICO_TRY(lists.denied_, Set::over(denied));
  return lists;
}

Lists::Lists(Lists&& other) noexcept
    : allowed_(std::move(other.allowed_)),
      denied_(std::move(other.denied_)),
      sources_(other.sources_),
      started_us_(other.started_us_),
      mapped_(std::exchange(other.mapped_, nullptr)),
      mapped_size_(other.mapped_size_) {}

Lists& Lists::operator=(Lists&& other) noexcept {
  std::swap(allowed_, other.allowed_);
  std::swap(denied_, other.denied_);
  std::swap(sources_, other.sources_);
  std::swap(started_us_, other.started_us_);
  std::swap(mapped_, other.mapped_);
  std::swap(mapped_size_, other.mapped_size_);
  return *this;
}

Lists::~Lists() {
  if (mapped_ != nullptr) ::munmap(mapped_, mapped_size_);
}

}  // namespace portico::address
