#pragma once
// Time at the edges (SLOs, targets, limits) is a strong type. Inside formulas plain doubles carry
// the base units of docs/formulation.md: seconds, bytes, FLOP, requests/s, tokens.

#include <compare>

namespace berth {

struct Seconds {
  double value = 0.0;

  constexpr Seconds() = default;
  constexpr explicit Seconds(double seconds) : value(seconds) {}
  friend constexpr auto operator<=>(Seconds, Seconds) = default;
  friend constexpr Seconds operator+(Seconds a, Seconds b) { return Seconds(a.value + b.value); }
  friend constexpr Seconds operator-(Seconds a, Seconds b) { return Seconds(a.value - b.value); }
  friend constexpr Seconds operator*(Seconds a, double k) { return Seconds(a.value * k); }
};

inline constexpr double kMilli = 1e-3;
inline constexpr double kMicro = 1e-6;
inline constexpr double kGiga = 1e9;
inline constexpr double kTera = 1e12;
inline constexpr double kSecondsPerHour = 3600.0;

}  // namespace berth
