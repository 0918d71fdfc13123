#include "tests/support/dense_simplex.h"

#include <cmath>
#include <cstdlib>

namespace berth::testing {
namespace {

constexpr double kZero = 1e-10;

/// Rows of constraints with their right-hand side last, and one of reduced costs. With cost >= 0
/// the slack basis is dual feasible, so the dual simplex method needs no first phase.
class Tableau {
 public:
  explicit Tableau(const DenseProgram& program)
      : width_(program.cost.size() + program.rows.size() + 1), costs_(width_, 0.0) {
    for (std::size_t j = 0; j < program.cost.size(); ++j) costs_[j] = program.cost[j];
    for (std::size_t r = 0; r < program.rows.size(); ++r) {
      std::vector<double> row(width_, 0.0);
      for (std::size_t j = 0; j < program.cost.size(); ++j) row[j] = program.rows[r][j];
      row[program.cost.size() + r] = 1.0;
      row.back() = program.limits[r];
      rows_.push_back(std::move(row));
      basis_.push_back(program.cost.size() + r);
    }
  }

  std::optional<double> solve() {
    for (int step = 0; step < 100'000; ++step) {
      const std::optional<std::size_t> row = leaving();
      if (!row) return -costs_.back();
      const std::optional<std::size_t> column = entering(*row);
      if (!column) return std::nullopt;
      pivot(*row, *column);
    }
    std::abort();  // Bland's rule cannot cycle
  }

 private:
  /// The broken row whose basic variable has the smallest index.
  [[nodiscard]] std::optional<std::size_t> leaving() const {
    std::optional<std::size_t> best;
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      if (rows_[r].back() >= -kZero) continue;
      if (!best || basis_[r] < basis_[*best]) best = r;
    }
    return best;
  }

  [[nodiscard]] std::optional<std::size_t> entering(std::size_t row) const {
    std::optional<std::size_t> best;
    double least = 0.0;
    for (std::size_t j = 0; j + 1 < width_; ++j) {
      if (rows_[row][j] >= -kZero) continue;
      const double ratio = costs_[j] / -rows_[row][j];
      if (best && ratio >= least - kZero) continue;
      best = j;
      least = ratio;
    }
    return best;
  }

  void pivot(std::size_t row, std::size_t column) {
    std::vector<double>& chosen = rows_[row];
    const double factor = chosen[column];
    for (double& value : chosen) value /= factor;
    for (std::size_t r = 0; r < rows_.size(); ++r) {
      if (r != row) subtract(rows_[r], chosen, rows_[r][column]);
    }
    subtract(costs_, chosen, costs_[column]);
    basis_[row] = column;
  }

  static void subtract(std::vector<double>& from, const std::vector<double>& row, double times) {
    if (times == 0.0) return;
    for (std::size_t j = 0; j < row.size(); ++j) from[j] -= times * row[j];
  }

  std::size_t width_;
  std::vector<double> costs_;
  std::vector<std::vector<double>> rows_;
  std::vector<std::size_t> basis_;
};

}  // namespace

void DenseProgram::at_most(std::vector<double> row, double limit) {
  rows.push_back(std::move(row));
  limits.push_back(limit);
}

void DenseProgram::equal(const std::vector<double>& row, double limit) {
  at_most(row, limit);
  std::vector<double> negated;
  for (const double value : row) negated.push_back(-value);
  at_most(std::move(negated), -limit);
}

std::optional<double> least_cost(const DenseProgram& program) { return Tableau(program).solve(); }

}  // namespace berth::testing
