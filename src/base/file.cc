#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace portico {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

Result<void> write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return io_failure("cannot write", path, errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::uint64_t limit) {
  // O_NONBLOCK: opening a FIFO that nobody writes to must not hang before we can see what it is.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return io_failure("cannot open", path, errno);
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return io_failure("cannot read", path, errno);
  if (!S_ISREG(status.st_mode)) {
    return failure(ErrorCode::kInvalidArgument, "not a regular file", Place{.file = path});
  }
  const auto too_large = [&] {
    return failure(ErrorCode::kLimit, "larger than " + std::to_string(limit) + " bytes", Place{.file = path});
  };
  if (static_cast<std::uint64_t>(status.st_size) > limit) return too_large();
  std::string bytes;
  bytes.resize(static_cast<std::size_t>(status.st_size) + 1);
  std::size_t size = 0;
  for (;;) {
    const auto got = ::read(file.get(), bytes.data() + size, bytes.size() - size);
    if (got < 0) {
      if (errno == EINTR) continue;
      return io_failure("cannot read", path, errno);
    }
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
    if (size > limit) return too_large();
    if (size == bytes.size()) bytes.resize(bytes.size() * 2);
  }
  bytes.resize(size);
  return bytes;
}

Result<void> write_file(const std::string& path, std::string_view bytes, unsigned mode) {
  const std::string beside = path + ".new." + std::to_string(::getpid());
  {
    const Descriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
    if (file.get() < 0) return io_failure("cannot create", beside, errno);
    if (auto status = write_all(file.get(), bytes, beside); !status) {
      ::unlink(beside.c_str());
      return status;
    }
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(beside.c_str());
    return io_failure("cannot replace", path, error);
  }
  return {};
}

}  // namespace portico
