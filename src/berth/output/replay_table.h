#pragma once
// What a rolling horizon came to: berth.replay/1, a table for the terminal, a page.

#include <string>

#include "berth/output/table.h"
#include "berth/replay/replay.h"

namespace berth {

/// A row for each policy. REQUIRES: each has a window.
[[nodiscard]] std::string to_table(const ReplayResult& result, const TableStyle& style);

/// berth.replay/1, every window of every policy in it.
[[nodiscard]] std::string to_json(const ReplayResult& result);

/// A page of its own: the answer in a sentence, costs, figures, every policy over time.
[[nodiscard]] std::string to_html_report(const ReplayResult& result);

/// "agh costs $12,345, 31 % less than static-peak at no more broken promises, ..."
[[nodiscard]] std::string replay_answer(const ReplayResult& result);

}  // namespace berth
