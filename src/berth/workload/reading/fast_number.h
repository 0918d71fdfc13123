#pragma once
// Whole numbers without a branch per digit: eight bytes are looked at in one word ("SWAR"; the
// digit sum by three multiplications is folklore, e.g. Lemire, "Quickly parsing eight digits").

#include <bit>
#include <cstdint>
#include <cstring>

namespace berth {

struct Digits {
  std::uint32_t value = 0;
  unsigned count = 0;  ///< 0..8 digits at the front
};

/// The digits at the front of the eight bytes at `p`. REQUIRES: eight readable bytes.
inline Digits leading_digits(const char* p) {
  if constexpr (std::endian::native != std::endian::little) {
    Digits digits;
    for (; digits.count < 8 && p[digits.count] >= '0' && p[digits.count] <= '9'; ++digits.count) {
      digits.value = digits.value * 10 + static_cast<std::uint32_t>(p[digits.count] - '0');
    }
    return digits;
  }
  std::uint64_t word = 0;
  std::memcpy(&word, p, sizeof word);
  std::uint64_t x = word ^ 0x3030303030303030ULL;  // digits become 0..9
  // A byte above 9 gets its high bit; carries only reach bytes behind the first such byte.
  const std::uint64_t other = ((x + 0x7676767676767676ULL) | x) & 0x8080808080808080ULL;
  const auto count = static_cast<unsigned>(std::countr_zero(other)) >> 3;  // 8 if all are digits
  if (count == 0) return {};
  x <<= 64 - 8 * count;
  x = (x * 10) + (x >> 8);
  x = (((x & 0x000000FF000000FFULL) * 0x000F424000000064ULL) +
       (((x >> 16) & 0x000000FF000000FFULL) * 0x0000271000000001ULL)) >>
      32;
  return {static_cast<std::uint32_t>(x), count};
}

}  // namespace berth
