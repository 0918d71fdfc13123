#pragma once
// Splittable, portable random numbers: xoshiro256** seeded by SplitMix64 (Blackman and Vigna,
// https://prng.di.unimi.it). The same seed gives the same draws on every platform, which the
// standard library's distributions do not promise. Start k of a parallel search uses split(k).

#include <array>
#include <cstdint>

namespace berth {

class Random {
 public:
  explicit Random(std::uint64_t seed);

  /// An independent stream, a pure function of (seed, stream); drawing does not change it.
  [[nodiscard]] Random split(std::uint64_t stream) const;

  std::uint64_t next();

  /// Uniform in [0, 1), 53 bits.
  double uniform();
  /// Uniform in {0, .., bound - 1}, without modulo bias. REQUIRES: bound > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Exponential with mean 1.
  double exponential();
  /// Standard normal.
  double normal();
  /// Gamma with the given shape and scale 1 (Marsaglia and Tsang 2000). REQUIRES: shape > 0.
  double gamma(double shape);

 private:
  std::uint64_t seed_;
  std::array<std::uint64_t, 4> state_;
};

}  // namespace berth
