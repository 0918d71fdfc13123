#pragma once
// Exact money. A CostRate is an integer number of micro-dollars per hour, so that adding and
// subtracting costs in any order gives the same total and a move's cost change is exact.

#include <cassert>
#include <cmath>
#include <compare>
#include <cstdint>
#include <limits>

namespace berth {

class CostRate {
 public:
  constexpr CostRate() = default;

  static constexpr CostRate micro_usd_per_hour(std::int64_t micros) { return CostRate(micros); }

  /// Rounded to the nearest micro-dollar. REQUIRES: finite, |usd| < kMaxTotalUsdPerHour.
  static CostRate usd_per_hour(double usd) {
    assert(std::isfinite(usd) && std::abs(usd) < kMaxTotalUsdPerHour);
    return CostRate(std::llround(usd * 1e6));
  }

  /// Largest magnitude accepted from an input; 9,000 such rates still sum within 64 bits.
  static constexpr double kMaxUsdPerHour = 1e9;
  /// Largest magnitude of a plan's cost, a sum of such rates: a double still tells micro-dollars
  /// apart.
  static constexpr double kMaxTotalUsdPerHour = 4e9;

  [[nodiscard]] constexpr std::int64_t micros() const { return micros_; }
  [[nodiscard]] constexpr double usd() const { return static_cast<double>(micros_) * 1e-6; }

  constexpr CostRate& operator+=(CostRate other) {
    micros_ += other.micros_;
    return *this;
  }
  constexpr CostRate& operator-=(CostRate other) {
    micros_ -= other.micros_;
    return *this;
  }
  friend constexpr CostRate operator+(CostRate a, CostRate b) {
    return CostRate(a.micros_ + b.micros_);
  }
  friend constexpr CostRate operator-(CostRate a, CostRate b) {
    return CostRate(a.micros_ - b.micros_);
  }
  friend constexpr CostRate operator-(CostRate a) { return CostRate(-a.micros_); }
  friend constexpr CostRate operator*(CostRate a, std::int64_t n) {
    return CostRate(a.micros_ * n);
  }
  friend constexpr CostRate operator*(std::int64_t n, CostRate a) { return a * n; }
  friend constexpr auto operator<=>(CostRate, CostRate) = default;

  /// Cost of a fraction of something, rounded up to whole micro-dollars. A pure function of (rate,
  /// share), so a sum of shares can be priced again exactly; never below the true cost, so a lower
  /// bound on true costs holds for these too.
  [[nodiscard]] CostRate share(double fraction) const {
    return CostRate(static_cast<std::int64_t>(std::ceil(static_cast<double>(micros_) * fraction)));
  }

 private:
  constexpr explicit CostRate(std::int64_t micros) : micros_(micros) {}
  std::int64_t micros_ = 0;
};

}  // namespace berth
