#include "schema/key_table.h"

#include <array>

namespace portico::schema {

KeyTable NamePools::add(std::span<const std::string_view> texts) {
  KeyTable table;
  table.first = static_cast<std::uint32_t>(names.size());
  table.count = static_cast<std::uint32_t>(texts.size());
  table.bucket = static_cast<std::uint32_t>(buckets.size());
  if (texts.empty()) return table;
  // A quarter full at most: lookups of names that are not there end at the first bucket, mostly.
  const std::size_t size = std::bit_ceil(texts.size() * 4);
  table.mask = static_cast<std::uint32_t>(size - 1);
  buckets.resize(buckets.size() + size, 0);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::string padded(texts[i]);
    padded.append(8, '\0');
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(padded.data());
    const NameWords words = words_of_name(bytes, static_cast<std::uint32_t>(texts[i].size()));
    names.push_back({words.head, words.tail, bytes_of_name(words.length), tail_of_name(words.length), words.length,
                     static_cast<std::uint32_t>(text.size())});
    text.append(texts[i]);
    std::uint32_t slot = bucket_of(words) & table.mask;
    while (buckets[table.bucket + slot] != 0) slot = (slot + 1) & table.mask;
    buckets[table.bucket + slot] = static_cast<std::uint32_t>(i + 1);
  }
  return table;
}

}  // namespace portico::schema
