#include "berth/plan/migration_problem.h"

#include <algorithm>
#include <cmath>

#include "berth/core/tolerance.h"

namespace berth {
namespace {

/// A unit's surplus or want of a class.
struct Imbalance {
  std::size_t unit = 0;
  double share = 0.0;
};

bool differs(double a, double b) {
  return std::abs(a - b) > tolerance::kShare * std::max({1.0, std::abs(a), std::abs(b)});
}

class Transfers {
 public:
  explicit Transfers(const MigrationProblem& problem) : problem_(problem) {}

  std::vector<Transfer> all() {
    std::size_t at = 0;
    for (std::size_t i = 0; i < problem_.classes.size(); ++i) {
      const std::size_t begin = at;
      while (at < problem_.flows.size() && problem_.flows[at].query_class == i) ++at;
      add_class(i, begin, at);
    }
    return std::move(transfers_);
  }

 private:
  void add_class(std::size_t i, std::size_t begin, std::size_t end) {
    const std::size_t before = transfers_.size();
    std::vector<Imbalance> sources;
    std::vector<Imbalance> sinks;
    bool settles = differs(problem_.classes[i].rate_before, problem_.classes[i].rate_after);
    for (std::size_t k = begin; k < end; ++k) {
      const MigrationFlow& flow = problem_.flows[k];
      const double more = flow.share_after - flow.share_before;
      if (more < -tolerance::kShare) sources.push_back({flow.unit, -more});
      if (more > tolerance::kShare) sinks.push_back({flow.unit, more});
      settles = settles || differs(flow.load_before, flow.load_after);
    }
    pair(i, sources, sinks, [this](const Imbalance& from, const Imbalance& to) {
      return problem_.units[to.unit].replaces == from.unit;
    });
    pair(i, sources, sinks, [this](const Imbalance& from, const Imbalance& to) {
      return problem_.units[to.unit].pool == problem_.units[from.unit].pool;
    });
    pair(i, sources, sinks, [](const Imbalance&, const Imbalance&) { return true; });
    for (const Imbalance& from : sources) {
      if (from.share > tolerance::kShare) {
        transfers_.push_back({i, from.unit, std::nullopt, from.share});
      }
    }
    for (const Imbalance& to : sinks) {
      if (to.share > tolerance::kShare) transfers_.push_back({i, std::nullopt, to.unit, to.share});
    }
    if (settles && transfers_.size() == before) {
      transfers_.push_back({i, std::nullopt, std::nullopt, 0.0});
    }
  }

  template <class Wanted>
  void pair(std::size_t i, std::vector<Imbalance>& sources, std::vector<Imbalance>& sinks,
            const Wanted& wanted) {
    for (Imbalance& from : sources) {
      for (Imbalance& to : sinks) {
        const double share = std::min(from.share, to.share);
        if (share <= tolerance::kShare || !wanted(from, to)) continue;
        transfers_.push_back({i, from.unit, to.unit, share});
        from.share -= share;
        to.share -= share;
      }
    }
  }

  const MigrationProblem& problem_;
  std::vector<Transfer> transfers_;
};

/// Of a class that has moved in part.
double rate_between(const MigrationProblem& problem, std::size_t query_class) {
  const MigrationClass& rates = problem.classes[query_class];
  if (!problem.early_growth && rates.rate_before > 0.0) return rates.rate_before;
  return std::max(rates.rate_before, rates.rate_after);
}

/// Load of a whole class that has moved in part: the larger of both plans', at the rate it has.
double dense_load(const MigrationFlow& flow, const MigrationClass& rates, double rate_now) {
  const auto at_most = [rate_now](double load, double share, double rate) {
    if (share <= 0.0) return 0.0;
    return load / share * (rate > 0.0 ? rate_now / rate : 1.0);
  };
  return std::max(at_most(flow.load_before, flow.share_before, rates.rate_before),
                  at_most(flow.load_after, flow.share_after, rates.rate_after));
}

}  // namespace

std::vector<Transfer> transfers_of(const MigrationProblem& problem) {
  return Transfers(problem).all();
}

Routing::Routing(const MigrationProblem& problem, const std::vector<Transfer>& transfers)
    : problem_(&problem),
      transfers_(&transfers),
      flows_of_(problem.classes.size()),
      transfers_of_(problem.classes.size()),
      moved_(transfers.size(), 0.0),
      load_(problem.units.size(), 0.0),
      share_(problem.units.size(), 0.0) {
  const auto find_rows = [](const auto& rows, std::vector<Rows>& rows_of) {
    std::size_t at = 0;
    for (std::size_t i = 0; i < rows_of.size(); ++i) {
      rows_of[i].begin = at;
      while (at < rows.size() && rows[at].query_class == i) ++at;
      rows_of[i].end = at;
    }
  };
  find_rows(problem.flows, flows_of_);
  find_rows(transfers, transfers_of_);
  settle();
}

bool Routing::finished() const {
  return std::all_of(moved_.begin(), moved_.end(), [](double part) { return part >= 1.0; });
}

Routing::Phase Routing::phase(std::size_t query_class) const {
  const Rows& rows = transfers_of_[query_class];
  bool none = true;
  bool all = rows.begin < rows.end;
  for (std::size_t t = rows.begin; t < rows.end; ++t) {
    none = none && moved_[t] <= 0.0;
    all = all && moved_[t] >= 1.0;
  }
  if (none) return Phase::kBefore;
  return all ? Phase::kAfter : Phase::kBetween;
}

std::vector<Placed> Routing::placed(std::size_t query_class) const {
  const Rows& rows = flows_of_[query_class];
  const Phase at = phase(query_class);
  const double between = rate_between(*problem_, query_class);
  std::vector<Placed> result;
  for (std::size_t k = rows.begin; k < rows.end; ++k) {
    const MigrationFlow& flow = problem_->flows[k];
    if (at != Phase::kBetween) {
      const bool after = at == Phase::kAfter;
      result.push_back({flow.unit, after ? flow.share_after : flow.share_before,
                        after ? flow.load_after : flow.load_before});
      continue;
    }
    double share = flow.share_before;
    const Rows& moves = transfers_of_[query_class];
    for (std::size_t t = moves.begin; t < moves.end; ++t) {
      const Transfer& transfer = (*transfers_)[t];
      if (transfer.from == flow.unit) share -= moved_[t] * transfer.share;
      if (transfer.to == flow.unit) share += moved_[t] * transfer.share;
    }
    if (share <= tolerance::kShare) share = 0.0;
    result.push_back(
        {flow.unit, share, share * dense_load(flow, problem_->classes[query_class], between)});
  }
  return result;
}

double Routing::rate(std::size_t query_class) const {
  const MigrationClass& rates = problem_->classes[query_class];
  switch (phase(query_class)) {
    case Phase::kBefore: return rates.rate_before;
    case Phase::kBetween: return rate_between(*problem_, query_class);
    case Phase::kAfter: return rates.rate_after;
  }
  return 0.0;
}

void Routing::add(std::size_t query_class, double sign) {
  for (const Placed& part : placed(query_class)) {
    load_[part.unit] += sign * part.load;
    share_[part.unit] += sign * part.share;
  }
}

void Routing::move(std::size_t transfer, double part) {
  const std::size_t query_class = (*transfers_)[transfer].query_class;
  add(query_class, -1.0);
  moved_[transfer] = part;
  add(query_class, 1.0);
}

void Routing::move_all() {
  std::fill(moved_.begin(), moved_.end(), 1.0);
  settle();
}

void Routing::settle() {
  std::fill(load_.begin(), load_.end(), 0.0);
  std::fill(share_.begin(), share_.end(), 0.0);
  for (std::size_t i = 0; i < flows_of_.size(); ++i) add(i, 1.0);
}

int Routing::need(std::size_t unit, double over) const {
  if (load_[unit] > over) return std::max(1, static_cast<int>(std::ceil(load_[unit] - over)));
  return share_[unit] > tolerance::kShare ? 1 : 0;
}

}  // namespace berth
