#pragma once
// Robust least squares on the logarithms of measured numbers, with a prior on every coefficient.
//   minimise  sum_i w_i rho(r_i / s) + sum_k ((x_k - centre_k) / spread_k)^2,   r = ln(predicted /
//   measured)
// rho(z) = 2 (sqrt(1 + z^2) - 1) grows like |z| beyond s: an outlier pulls with a constant force.
// Gauss-Newton with reweighting and Levenberg's damping; the Jacobian by differences, each
// coefficient against the rows it can move.

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "berth/calibrate/parameters.h"
#include "berth/calibrate/runs.h"

namespace berth {

struct CoefficientFitOptions {
  int max_steps = 60;
  double scale = 0.08;      ///< s
  double tolerance = 1e-5;  ///< of the relative change of the objective
  int threads = 0;          ///< 0 = all cores
  std::function<void(int step, double objective)> on_step;
};

struct CoefficientFit {
  std::vector<double> x;                ///< logarithms of the coefficients
  std::vector<double> errors;           ///< their standard errors, from the curvature at x
  std::vector<std::size_t> rows_moved;  ///< by coefficient: rows whose prediction it changes
  double objective = 0.0;
  int steps = 0;
};

/// `rows` are indices of runs.rows(); without any the start is the answer. From `start`, clamped
/// into the bounds. Deterministic at any number of threads.
[[nodiscard]] CoefficientFit fit(const ParameterSet& parameters, const FitRuns& runs,
                                 std::span<const std::size_t> rows, std::vector<double> start,
                                 const CoefficientFitOptions& options = {});

}  // namespace berth
