#pragma once
// The numbers a fit may move: every coefficient that has a spread, as the logarithm of its value.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "berth/catalog/coefficients.h"
#include "berth/core/result.h"

namespace berth {

enum class CoefficientKind { kArchitecture, kEngine };

struct Parameter {
  CoefficientKind kind = CoefficientKind::kArchitecture;
  std::size_t entry = 0;  ///< of its kind
  std::string key;
  double spread = 0.0;                ///< of the logarithm, before any run is seen
  double centre = 0.0;                ///< logarithm of what is believed
  std::optional<std::size_t> parent;  ///< the parameter that is the centre instead, always earlier
  double low = 0.0;                   ///< bounds of the logarithm
  double high = 0.0;
};

class ParameterSet {
 public:
  /// Coefficients with a spread, in the order of the entries. Errors: kInconsistent (a spread
  /// around 0, or around nothing).
  [[nodiscard]] static Result<ParameterSet> of(const Coefficients& prior);

  [[nodiscard]] std::span<const Parameter> parameters() const { return parameters_; }
  [[nodiscard]] std::size_t size() const { return parameters_.size(); }
  /// Logarithms of the values believed.
  [[nodiscard]] std::vector<double> start() const;
  /// What a parameter is drawn to while the others stand at x.
  [[nodiscard]] double centre(std::size_t parameter, std::span<const double> x) const {
    const Parameter& p = parameters_[parameter];
    return p.parent ? x[*p.parent] : p.centre;
  }
  /// The prior with the values of x.
  [[nodiscard]] Coefficients apply(std::span<const double> x) const;
  [[nodiscard]] const Coefficients& prior() const { return prior_; }
  [[nodiscard]] const CoefficientEntry& entry(const Parameter& parameter) const;

 private:
  Coefficients prior_;
  std::vector<Parameter> parameters_;
};

}  // namespace berth
