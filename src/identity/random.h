// Bytes of chance from OpenSSL's generator.
#pragma once

#include <span>

namespace portico::identity {

// Ends the process where there are none to be had: keys made without chance would be nobody's secret.
void random_bytes(std::span<unsigned char> out);

}  // namespace portico::identity
