#include "http/content_coding.h"

#include <zlib.h>

#include <algorithm>

#include "base/text.h"

namespace portico::http {
namespace {

constexpr int kGzipWindow = 15 + 16;
constexpr int kZlibWindow = 15;

class Inflater {
 public:
  explicit Inflater(int window) { ready_ = inflateInit2(&stream_, window) == Z_OK; }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }

  Decoding run(std::string_view body, std::size_t limit, std::string& out) {
    if (!ready_) return Decoding::kMalformed;
    // zlib's interface predates const; it does not write to its input.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    stream_.avail_in = static_cast<uInt>(body.size());
    for (;;) {
      const std::size_t have = out.size();
      if (have > limit) return Decoding::kTooLarge;
      out.resize(std::min(limit + 1, std::max<std::size_t>(have * 2, 4 * body.size() + 64)));
      stream_.next_out = reinterpret_cast<Bytef*>(out.data() + have);
      stream_.avail_out = static_cast<uInt>(out.size() - have);
      const int status = inflate(&stream_, Z_NO_FLUSH);
      out.resize(out.size() - stream_.avail_out);
      if (status == Z_STREAM_END) break;
      if (status != Z_OK || (stream_.avail_in == 0 && stream_.avail_out != 0)) return Decoding::kMalformed;
    }
    if (out.size() > limit) return Decoding::kTooLarge;
    return stream_.avail_in == 0 ? Decoding::kDone : Decoding::kMalformed;
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

}  // namespace

Decoding decode_content(std::string_view coding, std::string_view body, std::size_t limit, std::string& out) {
  out.clear();
  coding = trim(coding);
  if (coding.empty() || equal_ignoring_case(coding, "identity")) {
    if (body.size() > limit) return Decoding::kTooLarge;
    out.assign(body);
    return Decoding::kDone;
  }
  if (body.size() > limit || body.size() > UINT32_MAX / 8) return Decoding::kTooLarge;
  if (equal_ignoring_case(coding, "gzip") || equal_ignoring_case(coding, "x-gzip")) {
    return Inflater(kGzipWindow).run(body, limit, out);
  }
  if (equal_ignoring_case(coding, "deflate")) return Inflater(kZlibWindow).run(body, limit, out);
  return Decoding::kUnsupported;
}

}  // namespace portico::http
