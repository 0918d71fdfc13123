#pragma once
// The only tolerances in the project. Money and counts are integers and need none.

namespace berth::tolerance {

/// Routing shares of one class plus its unmet share sum to 1 within this.
inline constexpr double kShare = 1e-9;

/// Load placed on a deployment may exceed its replicas by this many replicas.
inline constexpr double kLoad = 1e-7;

/// Average delay (s) and average error (0..1) may exceed their limit by this, relative to max(1,
/// limit).
inline constexpr double kAverage = 1e-7;

/// A share below this is noise: it is dropped from a plan and its class renormalised.
inline constexpr double kNegligibleShare = 1e-12;

/// A number that a plan reports may differ from the recomputed one by this, relative to the
/// recomputed one: another compiler or math library may round differently.
inline constexpr double kReported = 1e-6;

/// A plan may call itself optimal when its gap is at most this.
inline constexpr double kOptimalGap = 1e-4;

}  // namespace berth::tolerance
