#pragma once
// The pass over all pairs: one sum an option, in single precision, that tells which options cannot
// earn anything at given prices (docs/bound.md, "The pass"). Vector instructions where the machine
// has them; the same result without.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace berth::bound {

/// Pairs are padded to a multiple of this, so that every path adds in the same order.
inline constexpr std::size_t kLanes = 16;

/// sum over k < count of max(0, price[query_class[k]] - extra[k] - load[k] * density).
/// `extra` may be null. REQUIRES: count is a multiple of kLanes.
struct ScreenTerms {
  const float* load = nullptr;
  const float* extra = nullptr;
  std::size_t count = 0;
};
[[nodiscard]] float screen_sum(const ScreenTerms& terms, const std::uint16_t* query_class,
                               const float* price, float density);
[[nodiscard]] float screen_sum(const ScreenTerms& terms, const std::uint32_t* query_class,
                               const float* price, float density);

/// The instructions in use: "avx512", "avx2" or "portable".
[[nodiscard]] std::string_view screen_path();

/// The same sum without vector instructions: what the tests compare with.
[[nodiscard]] float screen_sum_portable(const ScreenTerms& terms, const std::uint16_t* query_class,
                                        const float* price, float density);
[[nodiscard]] float screen_sum_portable(const ScreenTerms& terms, const std::uint32_t* query_class,
                                        const float* price, float density);

}  // namespace berth::bound
