#include "berth/solve/adaptive/part.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace berth::adaptive {
namespace {

constexpr double kReplicaNoise = 1e-9;  // replicas

}  // namespace

Cutter::Cutter(const Market& whole, std::span<const double> worth)
    : whole_(whole), worth_(worth), sums_(whole.option_count()), local_(whole.option_count(), -1) {}

void Cutter::sum_up(const Assignment& assignment, std::span<const std::uint32_t> classes) {
  seen_.clear();
  for (const std::uint32_t i : classes) {
    double least = std::numeric_limits<double>::infinity();
    std::uint32_t cheapest = UINT32_MAX;
    for (const std::uint32_t e : whole_.entries_of_class(i)) {
      const Entry& entry = whole_.entries[e];
      const double cost = entry.cost + std::max(1.0, entry.load) * whole_.unit_price[entry.option];
      if (cost < least) {
        least = cost;
        cheapest = entry.option;
      }
      Sum& sum = sums_[entry.option];
      if (local_[entry.option] < 0) {
        local_[entry.option] = 0;
        seen_.push_back(entry.option);
      }
      const double weight = worth_[i] - entry.cost;
      if (weight <= 0.0) continue;
      sum.total += weight;
      sum.surplus += std::max(0.0, weight - entry.load * whole_.unit_price[entry.option]);
    }
    if (cheapest != UINT32_MAX) sums_[cheapest].needed = true;
    for (const Assignment::Share& share : assignment.shares[i]) {
      const Entry& entry = whole_.entries[share.entry];
      sums_[entry.option].load += share.share * entry.load;
      ++sums_[entry.option].users;
    }
  }
}

void Cutter::choose_options(const Assignment& assignment, std::span<const std::int32_t> owner,
                            std::int32_t self, std::size_t most_options, Part& part) {
  std::vector<std::pair<double, std::uint32_t>> closed;
  for (const std::uint32_t d : seen_) {
    const bool used = sums_[d].users > 0;
    const bool own = assignment.replicas[d] > 0 && owner[d] == self;
    if (used || own || sums_[d].needed) {
      part.options.push_back(d);
      continue;
    }
    const double price = std::max(1e-9, whole_.unit_price[d]);
    closed.emplace_back(-std::min(sums_[d].total, sums_[d].surplus + price) / price, d);
  }
  const std::size_t keep = std::min(most_options, closed.size());
  std::nth_element(closed.begin(), closed.begin() + static_cast<std::ptrdiff_t>(keep),
                   closed.end());
  for (std::size_t k = 0; k < keep; ++k) part.options.push_back(closed[k].second);
  std::sort(part.options.begin(), part.options.end());
}

void Cutter::copy_options(const Assignment& assignment, std::span<const std::int32_t> owner,
                          std::int32_t self, Part& part) const {
  Market& market = part.market;
  market.base_gpus = assignment.gpus;
  market.group_taken.assign(whole_.group_taken.size(), 0);
  if (!market.group_taken.empty()) {
    for (std::size_t d = 0; d < whole_.option_count(); ++d) {
      if (assignment.replicas[d] > 0 && whole_.group[d] != kNoGroup) {
        market.group_taken[static_cast<std::size_t>(whole_.group[d])] = 1;
      }
    }
  }
  for (const std::uint32_t d : part.options) {
    const std::int32_t count = assignment.replicas[d];
    std::int32_t base = count;
    double free = 0.0;
    const bool others = assignment.users[d] > sums_[d].users;
    const double outside = others ? std::max(0.0, assignment.load[d] - sums_[d].load) : 0.0;
    if (owner[d] == self) {
      base = others ? std::min(count, static_cast<std::int32_t>(
                                          std::max(1.0, std::ceil(outside - kReplicaNoise))))
                    : 0;
      free = std::max(0.0, base - outside);
    } else if (sums_[d].users > 0) {
      free = std::min(sums_[d].load, std::max(0.0, count - outside));
    }
    market.pool.push_back(whole_.pool[d]);
    market.units.push_back(whole_.units[d]);
    market.max_replicas.push_back(whole_.max_replicas[d] - base);
    market.group.push_back(whole_.group[d]);
    market.fixed.push_back(whole_.fixed[d]);
    market.unit_price.push_back(whole_.unit_price[d]);
    market.switching.add(whole_.switching, d);
    market.base_replicas.push_back(base);
    market.base_capacity.push_back(free < kReplicaNoise ? 0.0 : free);
    part.replicas.push_back(count - base);
    market.base_gpus[whole_.pool[d]] -= std::int64_t{count - base} * whole_.units[d];
    if (count > 0 && whole_.group[d] != kNoGroup) {
      market.group_taken[static_cast<std::size_t>(whole_.group[d])] = 0;
    }
  }
}

void Cutter::copy_entries(Part& part) {
  Market& market = part.market;
  for (std::size_t d = 0; d < part.options.size(); ++d) {
    local_[part.options[d]] = static_cast<std::int32_t>(d);
  }
  // By option: count, then place.
  std::vector<std::uint32_t> count(part.options.size() + 1, 0);
  const auto for_each_entry = [&](auto&& visit) {
    for (std::uint32_t i = 0; i < part.classes.size(); ++i) {
      for (const std::uint32_t e : whole_.entries_of_class(part.classes[i])) {
        const std::int32_t d = local_[whole_.entries[e].option];
        if (d >= 0) visit(i, e, static_cast<std::uint32_t>(d));
      }
    }
  };
  for_each_entry([&](std::uint32_t, std::uint32_t, std::uint32_t d) { ++count[d + 1]; });
  for (std::size_t d = 0; d < part.options.size(); ++d) count[d + 1] += count[d];
  market.first = count;
  market.entries.resize(count.back());
  part.entries.resize(count.back());
  for_each_entry([&](std::uint32_t i, std::uint32_t e, std::uint32_t d) {
    Entry entry = whole_.entries[e];
    entry.query_class = i;
    entry.option = d;
    market.entries[count[d]] = entry;
    part.entries[count[d]++] = e;
  });
  market.index_classes();
}

Part Cutter::cut(const Assignment& assignment, std::span<const std::uint32_t> classes,
                 std::span<const std::int32_t> owner, std::int32_t self, std::size_t most_options) {
  Part part;
  part.classes.assign(classes.begin(), classes.end());
  Market& market = part.market;
  market.pools = whole_.pools;
  market.budget = whole_.budget;
  market.routing_costs = whole_.routing_costs;
  market.boxes = whole_.boxes;
  market.limits = whole_.limits;
  for (const std::uint32_t i : classes) {
    market.unmet_cost.push_back(whole_.unmet_cost[i]);
    market.max_unmet.push_back(whole_.max_unmet[i]);
    const auto row = [&](std::int32_t whole) {
      return whole < 0 ? -1 : static_cast<std::int32_t>(market.average_rows++);
    };
    market.delay_row.push_back(row(whole_.delay_row[i]));
    market.error_row.push_back(row(whole_.error_row[i]));
    part.worth.push_back(worth_[i]);
  }
  sum_up(assignment, classes);
  choose_options(assignment, owner, self, most_options, part);
  copy_options(assignment, owner, self, part);
  for (const std::uint32_t d : seen_) local_[d] = -1;
  copy_entries(part);
  for (const std::uint32_t d : seen_) {
    local_[d] = -1;
    sums_[d] = Sum{};
  }
  return part;
}

void put_back(const Part& part, const State& found, const Market& whole, Assignment& assignment) {
  std::vector<std::vector<Assignment::Share>> shares(part.classes.size());
  std::vector<double> unmet(part.classes.size(), 0.0);
  std::vector<double> left(part.classes.size(), 1.0);
  found.routing().for_each_share([&](std::uint32_t e, double share) {
    const std::size_t i = part.market.entries[e].query_class;
    shares[i].push_back({part.entries[e], share});
    left[i] -= share;
  });
  found.routing().for_each_unmet([&](std::size_t i, double share) {
    unmet[i] = share;
    left[i] -= share;
  });
  for (std::size_t i = 0; i < part.classes.size(); ++i) {
    assignment.set_class(whole, part.classes[i], std::move(shares[i]), unmet[i],
                         std::max(0.0, left[i]));
  }
  for (std::size_t d = 0; d < part.options.size(); ++d) {
    // Other parts of the round may have added some of their own.
    const std::int32_t change = found.replicas(d) - part.replicas[d];
    const std::uint32_t option = part.options[d];
    assignment.set_replicas(whole, option, assignment.replicas[option] + change);
  }
}

}  // namespace berth::adaptive
