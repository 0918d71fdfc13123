#pragma once
// The difference of two plans and the way from one to the other, as text.

#include <string>

#include "berth/output/table.h"
#include "berth/plan/diff.h"
#include "berth/plan/migration.h"

namespace berth {

/// Long lists are cut unless `style.wide`; steps are never cut. REQUIRES: migration of that diff.
[[nodiscard]] std::string to_table(const PlanDiff& diff, const Migration& migration,
                                   const TableStyle& style = {});

}  // namespace berth
