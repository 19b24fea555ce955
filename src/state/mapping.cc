#include "state/mapping.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

namespace portico::state {
namespace {

constexpr mode_t kMode = 0640;

Result<void> check_file(const std::string& path, const struct stat& status) {
  const Place place{.file = path};
  if (!S_ISREG(status.st_mode)) return failure(ErrorCode::kForbidden, "is not a regular file", place);
  if ((status.st_mode & S_IWOTH) != 0) {
    return failure(ErrorCode::kForbidden, "may be written by anybody", place, "Take the right away: chmod o-w.");
  }
  struct stat folder{};
  const std::string parent = std::filesystem::absolute(path).parent_path().string();
  const bool knows_folder = ::stat(parent.c_str(), &folder) == 0;
  if (status.st_uid == 0 || status.st_uid == ::geteuid() || (knows_folder && status.st_uid == folder.st_uid)) return {};
  return failure(ErrorCode::kForbidden, "belongs to somebody else", place,
                 "A state file belongs to its user, to root, or to the owner of its folder.");
}

Result<void> check_header(const std::string& path, const layout::Header& header, off_t size) {
  const Place place{.file = path};
  constexpr const char* kRemedy = "Stop what uses it, remove it, and set its blocks anew.";
  if (header.magic != layout::kMagic) return failure(ErrorCode::kInvalid, "is not a state file of Portico", place);
  if (header.version != layout::kVersion) {
    return failure(ErrorCode::kUnsupported, "is a state file of another version", place, kRemedy);
  }
  if (header.file_size != layout::kFileSize || static_cast<std::uint64_t>(size) != layout::kFileSize) {
    return failure(ErrorCode::kInvalid, "is a state file of a wrong size", place, kRemedy);
  }
  if (header.seed[0] == 0 || header.seed[1] == 0) {
    return failure(ErrorCode::kInvalid, "is a damaged state file", place, kRemedy);
  }
  return {};
}

class Temporary {
 public:
  explicit Temporary(const std::string& target) : path_(target + ".new." + std::to_string(::getpid())) {
    ::unlink(path_.c_str());
    fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (fd_ < 0) return;
    ::close(fd_);
    ::unlink(path_.c_str());
  }
  int fd() const { return fd_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int fd_;
};

}  // namespace

Result<void> create_if_missing(const std::string& path, gid_t group) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) == 0) return {};
  const Temporary file(path);
  const auto cannot = [&] { return io_failure("cannot create the state file", path, errno); };
  if (file.fd() < 0) return cannot();
  if (::ftruncate(file.fd(), static_cast<off_t>(layout::kFileSize)) != 0) return cannot();
  // What is written through the mapping must have its place on the disk: a store cannot say that there is no room.
  if (const int error = ::posix_fallocate(file.fd(), 0, static_cast<off_t>(layout::kRecordsAt)); error != 0) {
    return io_failure("cannot create the state file", path, error);
  }
  layout::Header header{};
  header.magic = layout::kMagic;
  header.version = layout::kVersion;
  header.file_size = layout::kFileSize;
  if (::getrandom(header.seed.data(), sizeof(header.seed), 0) != sizeof(header.seed)) return cannot();
  for (auto& seed : header.seed) seed |= 1;
  if (::pwrite(file.fd(), &header, sizeof(header), 0) != sizeof(header)) return cannot();
  if (group != static_cast<gid_t>(-1) && ::fchown(file.fd(), static_cast<uid_t>(-1), group) != 0) return cannot();
  if (::fchmod(file.fd(), kMode) != 0 || ::fdatasync(file.fd()) != 0) return cannot();
  // Unlike rename, link does not replace what another process has made in the meantime.
  if (::link(file.path().c_str(), path.c_str()) != 0 && errno != EEXIST) return cannot();
  return {};
}

Result<Mapping> Mapping::open(const std::string& path, Access access) {
  const int mode = access == Access::kWrite ? O_RDWR : O_RDONLY;
  Mapping mapping(path, ::open(path.c_str(), mode | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (mapping.fd_ < 0) {
    if (errno == ELOOP) return failure(ErrorCode::kForbidden, "is a symbolic link", Place{.file = path});
    return io_failure("cannot open the state file", path, errno);
  }
  struct stat status{};
  if (::fstat(mapping.fd_, &status) != 0) return io_failure("cannot open the state file", path, errno);
  PORTICO_CHECK_OK(check_file(path, status));
  if (static_cast<std::uint64_t>(status.st_size) < layout::kHeaderBytes) {
    return failure(ErrorCode::kInvalid, "is not a state file of Portico", Place{.file = path});
  }
  // The whole of the layout is mapped even from a file that is too short: check_header() looks at its first pages only.
  const int protection = access == Access::kWrite ? PROT_READ | PROT_WRITE : PROT_READ;
  void* memory = ::mmap(nullptr, layout::kFileSize, protection, MAP_SHARED, mapping.fd_, 0);
  if (memory == MAP_FAILED) return io_failure("cannot map the state file", path, errno);
  mapping.memory_ = static_cast<std::byte*>(memory);
  PORTICO_CHECK_OK(check_header(path, mapping.header(), status.st_size));
  return mapping;
}

Mapping::Mapping(Mapping&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      memory_(std::exchange(other.memory_, nullptr)) {}

Mapping& Mapping::operator=(Mapping&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(fd_, other.fd_);
  std::swap(memory_, other.memory_);
  return *this;
}

Mapping::~Mapping() {
  if (memory_ != nullptr) ::munmap(memory_, layout::kFileSize);
  if (fd_ >= 0) ::close(fd_);
}

bool Mapping::is_replaced() const {
  struct stat ours{};
  struct stat there{};
  if (::fstat(fd_, &ours) != 0 || ::stat(path_.c_str(), &there) != 0) return false;
  return ours.st_ino != there.st_ino || ours.st_dev != there.st_dev;
}

}  // namespace portico::state
