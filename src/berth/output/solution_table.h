#pragma once
// A solution of a bare instance, as text.

#include <string>

#include "berth/instance/instance.h"
#include "berth/solve/solver.h"

namespace berth {

[[nodiscard]] std::string to_table(const Instance& instance, const SolveResult& result);

}  // namespace berth
