// Lists of addresses as they are passed around: one entry a line, which is an address, a network, or a range
// "192.0.2.1-192.0.2.9". Understood are plain lists and netsets, `ipset save` ("add NAME 192.0.2.0/24"), and nginx
// ("deny 192.0.2.0/24;"). What follows '#' or ';' is a comment.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "address/set.h"
#include "base/result.h"

namespace portico::address {

// A line that is nothing of the kind is an Error with its place: a list that is read in part protects in part.
Result<void> read_list(std::string_view text, const std::string& name, std::vector<Range>& to);

// A file of at most 256 MiB.
Result<void> read_list_file(const std::string& path, std::vector<Range>& to);

}  // namespace portico::address
