// The first check of a request: whether its head has one reading. What two servers could read differently is refused
// before anything is made of it.
#pragma once

#include "guard/guard.h"
#include "http/target.h"

namespace portico::guard {

Decision check_reading(const RequestHead& head, const http::Target& target);

}  // namespace portico::guard
