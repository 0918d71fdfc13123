#include "berth/calibrate/fit.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <thread>

#include "berth/core/team.h"

namespace berth {
namespace {

constexpr double kDifference = 1e-4;  // of a logarithm
constexpr double kFirstDamping = 1e-3;
constexpr double kMostDamping = 1e6;

int thread_count(int asked) {
  return asked > 0 ? asked : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

/// The rows' residuals and what the robust objective makes of them.
class Problem {
 public:
  Problem(const ParameterSet& parameters, const FitRuns& runs, std::span<const std::size_t> rows,
          const CoefficientFitOptions& options)
      : parameters_(parameters),
        runs_(runs),
        options_(options),
        team_(thread_count(options.threads)) {
    for (const std::size_t row : rows) rows_.push_back(&runs.rows()[row]);
    std::vector<std::size_t> position(runs.rows().size(), kNone);
    for (std::size_t k = 0; k < rows.size(); ++k) position[rows[k]] = k;
    for (const Parameter& parameter : parameters.parameters()) {
      std::vector<std::size_t> moved;
      for (const std::size_t row : runs.rows_moved(parameter)) {
        if (position[row] != kNone) moved.push_back(position[row]);
      }
      moved_.push_back(std::move(moved));
    }
  }

  [[nodiscard]] std::vector<double> residuals(std::span<const double> x) {
    const Resolved resolved = runs_.resolve(parameters_.apply(x));
    std::vector<double> result(rows_.size());
    constexpr std::size_t kBlock = 256;
    const std::size_t blocks = (rows_.size() + kBlock - 1) / kBlock;
    team_.run(blocks, [&](std::size_t block, std::size_t) {
      const std::size_t end = std::min(rows_.size(), (block + 1) * kBlock);
      for (std::size_t k = block * kBlock; k < end; ++k) {
        result[k] = runs_.residual(*rows_[k], resolved);
      }
    });
    return result;
  }

  [[nodiscard]] double objective(std::span<const double> x, std::span<const double> r) const {
    double sum = 0.0;
    for (std::size_t k = 0; k < r.size(); ++k) {
      const double z = r[k] / options_.scale;
      sum += rows_[k]->weight * 2.0 * (std::sqrt(1.0 + z * z) - 1.0);
    }
    for (std::size_t p = 0; p < x.size(); ++p) {
      const double z = (x[p] - parameters_.centre(p, x)) / parameters_.parameters()[p].spread;
      sum += z * z;
    }
    return sum;
  }

  /// Columns dr/dx_p over moved_[p].
  void differentiate(std::span<const double> x, std::span<const double> r) {
    columns_.assign(x.size(), {});
    team_.run(x.size(), [&](std::size_t p, std::size_t) {
      if (moved_[p].empty()) return;
      std::vector<double> moved_x(x.begin(), x.end());
      const bool up = x[p] + kDifference <= parameters_.parameters()[p].high;
      const double step = up ? kDifference : -kDifference;
      moved_x[p] += step;
      const Resolved resolved = runs_.resolve(parameters_.apply(moved_x));
      for (const std::size_t k : moved_[p]) {
        columns_[p].push_back((runs_.residual(*rows_[k], resolved) - r[k]) / step);
      }
    });
  }

  /// Curvature and slope of the objective at x, from the last differentiate().
  void normal_equations(std::span<const double> x, std::span<const double> r,
                        Eigen::MatrixXd& curvature, Eigen::VectorXd& slope) {
    const auto n = static_cast<Eigen::Index>(x.size());
    const double s2 = options_.scale * options_.scale;
    Eigen::MatrixXd jacobian = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(r.size()), n);
    Eigen::VectorXd weighted(static_cast<Eigen::Index>(r.size()));
    Eigen::VectorXd root(static_cast<Eigen::Index>(r.size()));
    for (std::size_t k = 0; k < r.size(); ++k) {
      const double z = r[k] / options_.scale;
      const double w = rows_[k]->weight / (s2 * std::sqrt(1.0 + z * z));
      root[static_cast<Eigen::Index>(k)] = std::sqrt(w);
      weighted[static_cast<Eigen::Index>(k)] = std::sqrt(w) * r[k];
    }
    for (std::size_t p = 0; p < x.size(); ++p) {
      for (std::size_t j = 0; j < columns_[p].size(); ++j) {
        const auto k = static_cast<Eigen::Index>(moved_[p][j]);
        jacobian(k, static_cast<Eigen::Index>(p)) = root[k] * columns_[p][j];
      }
    }
    curvature = Eigen::MatrixXd::Zero(n, n);
    if (!r.empty()) curvature.selfadjointView<Eigen::Lower>().rankUpdate(jacobian.transpose());
    curvature = curvature.selfadjointView<Eigen::Lower>();
    slope = jacobian.transpose() * weighted;  // zero without rows
    add_prior(x, curvature, slope);
  }

  /// Rows that a parameter changed, as the last differentiate() saw it.
  [[nodiscard]] std::vector<std::size_t> rows_moved() const {
    constexpr double kNoise = 1e-9;
    std::vector<std::size_t> rows;
    for (const std::vector<double>& column : columns_) {
      rows.push_back(static_cast<std::size_t>(std::count_if(
          column.begin(), column.end(), [](double d) { return std::abs(d) > kNoise; })));
    }
    return rows;
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  /// (x_p - x_parent)^2 / spread^2 pulls on both.
  void add_prior(std::span<const double> x, Eigen::MatrixXd& curvature,
                 Eigen::VectorXd& slope) const {
    for (std::size_t p = 0; p < x.size(); ++p) {
      const Parameter& parameter = parameters_.parameters()[p];
      const double w = 1.0 / (parameter.spread * parameter.spread);
      const double off = w * (x[p] - parameters_.centre(p, x));
      const auto i = static_cast<Eigen::Index>(p);
      curvature(i, i) += w;
      slope[i] += off;
      if (!parameter.parent) continue;
      const auto j = static_cast<Eigen::Index>(*parameter.parent);
      curvature(j, j) += w;
      curvature(i, j) -= w;
      curvature(j, i) -= w;
      slope[j] -= off;
    }
  }

  const ParameterSet& parameters_;
  const FitRuns& runs_;
  const CoefficientFitOptions& options_;
  Team team_;
  std::vector<const FitRow*> rows_;
  std::vector<std::vector<std::size_t>> moved_;  ///< by parameter: positions of rows_
  std::vector<std::vector<double>> columns_;
};

std::vector<double> clamped(std::span<const Parameter> parameters, std::vector<double> x) {
  for (std::size_t p = 0; p < x.size(); ++p) {
    x[p] = std::clamp(x[p], parameters[p].low, parameters[p].high);
  }
  return x;
}

/// x - (H + damping diag H)^-1 g, within the bounds.
std::vector<double> step_from(const ParameterSet& parameters, std::span<const double> x,
                              const Eigen::MatrixXd& curvature, const Eigen::VectorXd& slope,
                              double damping) {
  Eigen::MatrixXd damped = curvature;
  damped.diagonal() *= 1.0 + damping;
  const Eigen::VectorXd change = damped.ldlt().solve(slope);
  std::vector<double> moved(x.begin(), x.end());
  for (std::size_t p = 0; p < x.size(); ++p) moved[p] -= change[static_cast<Eigen::Index>(p)];
  return clamped(parameters.parameters(), std::move(moved));
}

std::vector<double> standard_errors(const Eigen::MatrixXd& curvature) {
  const Eigen::MatrixXd covariance =
      curvature.ldlt().solve(Eigen::MatrixXd::Identity(curvature.rows(), curvature.cols()));
  std::vector<double> errors;
  for (Eigen::Index p = 0; p < covariance.rows(); ++p) {
    errors.push_back(std::sqrt(std::max(0.0, covariance(p, p))));
  }
  return errors;
}

}  // namespace

CoefficientFit fit(const ParameterSet& parameters, const FitRuns& runs,
                   std::span<const std::size_t> rows, std::vector<double> start,
                   const CoefficientFitOptions& options) {
  Problem problem(parameters, runs, rows, options);
  CoefficientFit result;
  result.x = clamped(parameters.parameters(), std::move(start));
  std::vector<double> r = problem.residuals(result.x);
  result.objective = problem.objective(result.x, r);
  Eigen::MatrixXd curvature;
  Eigen::VectorXd slope;
  double damping = kFirstDamping;
  bool converged = false;
  while (!converged && result.steps < options.max_steps) {
    problem.differentiate(result.x, r);
    problem.normal_equations(result.x, r, curvature, slope);
    converged = true;
    for (; damping <= kMostDamping; damping *= 10.0) {
      std::vector<double> x = step_from(parameters, result.x, curvature, slope, damping);
      std::vector<double> moved = problem.residuals(x);
      const double objective = problem.objective(x, moved);
      if (!(objective < result.objective)) continue;
      converged = result.objective - objective <= options.tolerance * result.objective;
      result.x = std::move(x);
      r = std::move(moved);
      result.objective = objective;
      damping = std::max(damping / 10.0, 1e-9);
      break;
    }
    damping = std::min(damping, kMostDamping);
    ++result.steps;
    if (options.on_step) options.on_step(result.steps, result.objective);
  }
  problem.differentiate(result.x, r);
  problem.normal_equations(result.x, r, curvature, slope);
  result.errors = standard_errors(curvature);
  result.rows_moved = problem.rows_moved();
  return result;
}

}  // namespace berth
