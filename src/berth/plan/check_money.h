#pragma once
// The rules about money. Part of check().

#include <vector>

#include "berth/plan/check.h"

namespace berth {

/// Budget, claimed objective and claimed bound against the cost summed anew. REQUIRES: columns of
/// the right lengths and indices within them.
void check_money(const Instance& instance, const Solution& solution, const Claims& claims,
                 std::vector<Violation>& violations);

}  // namespace berth
