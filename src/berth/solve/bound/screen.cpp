// Compiled without contraction of a * b + c (CMakeLists.txt), so that every path rounds alike.
#include "berth/solve/bound/screen.h"

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
#include <immintrin.h>
#define BERTH_X86 1
#if !defined(__clang__)
// GCC 12 warns falsely inside its own AVX-512 header (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#else
#define BERTH_X86 0
#endif

namespace berth::bound {
namespace {

/// Adds the lanes in the order that halving a vector register adds them.
float fold(float* lanes) {
  for (std::size_t width = kLanes / 2; width > 0; width /= 2) {
    for (std::size_t k = 0; k < width; ++k) lanes[k] += lanes[k + width];
  }
  return lanes[0];
}

template <class Index>
float sum_portable(const ScreenTerms& terms, const Index* query_class, const float* price,
                   float density) {
  float lanes[kLanes] = {};
  for (std::size_t first = 0; first < terms.count; first += kLanes) {
    for (std::size_t k = 0; k < kLanes; ++k) {
      const std::size_t at = first + k;
      float worth = price[query_class[at]];
      if (terms.extra != nullptr) worth -= terms.extra[at];
      const float net = worth - terms.load[at] * density;
      lanes[k] += net > 0.0F ? net : 0.0F;
    }
  }
  return fold(lanes);
}

#if BERTH_X86

__attribute__((target("avx512f"))) inline __m512i load_index(const std::uint16_t* from) {
  return _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}
__attribute__((target("avx512f"))) inline __m512i load_index(const std::uint32_t* from) {
  return _mm512_loadu_si512(from);
}

template <class Index>
__attribute__((target("avx512f"))) float sum_avx512(const ScreenTerms& terms,
                                                    const Index* query_class, const float* price,
                                                    float density) {
  const __m512 zero = _mm512_setzero_ps();
  const __m512 threshold = _mm512_set1_ps(density);
  __m512 sum = zero;
  for (std::size_t at = 0; at < terms.count; at += kLanes) {
    __m512 worth = _mm512_i32gather_ps(load_index(query_class + at), price, sizeof(float));
    if (terms.extra != nullptr) worth = _mm512_sub_ps(worth, _mm512_loadu_ps(terms.extra + at));
    const __m512 paid = _mm512_mul_ps(_mm512_loadu_ps(terms.load + at), threshold);
    sum = _mm512_add_ps(sum, _mm512_max_ps(_mm512_sub_ps(worth, paid), zero));
  }
  float lanes[kLanes];
  _mm512_storeu_ps(lanes, sum);
  return fold(lanes);
}

__attribute__((target("avx2"))) inline __m256i load_half_index(const std::uint16_t* from) {
  return _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
}
__attribute__((target("avx2"))) inline __m256i load_half_index(const std::uint32_t* from) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}

template <class Index>
__attribute__((target("avx2"))) float sum_avx2(const ScreenTerms& terms, const Index* query_class,
                                               const float* price, float density) {
  constexpr std::size_t kHalf = kLanes / 2;
  const __m256 zero = _mm256_setzero_ps();
  const __m256 threshold = _mm256_set1_ps(density);
  __m256 sum[2] = {zero, zero};
  for (std::size_t first = 0; first < terms.count; first += kLanes) {
    for (std::size_t half = 0; half < 2; ++half) {
      const std::size_t at = first + half * kHalf;
      __m256 worth = _mm256_i32gather_ps(price, load_half_index(query_class + at), sizeof(float));
      if (terms.extra != nullptr) worth = _mm256_sub_ps(worth, _mm256_loadu_ps(terms.extra + at));
      const __m256 paid = _mm256_mul_ps(_mm256_loadu_ps(terms.load + at), threshold);
      sum[half] = _mm256_add_ps(sum[half], _mm256_max_ps(_mm256_sub_ps(worth, paid), zero));
    }
  }
  float lanes[kLanes];
  _mm256_storeu_ps(lanes, sum[0]);
  _mm256_storeu_ps(lanes + kHalf, sum[1]);
  return fold(lanes);
}

enum class Path { kPortable, kAvx2, kAvx512 };

Path best_path() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") != 0) return Path::kAvx512;
  if (__builtin_cpu_supports("avx2") != 0) return Path::kAvx2;
  return Path::kPortable;
}

Path path() {
  static const Path chosen = best_path();
  return chosen;
}

template <class Index>
float sum(const ScreenTerms& terms, const Index* query_class, const float* price, float density) {
  switch (path()) {
    case Path::kAvx512: return sum_avx512(terms, query_class, price, density);
    case Path::kAvx2: return sum_avx2(terms, query_class, price, density);
    case Path::kPortable: break;
  }
  return sum_portable(terms, query_class, price, density);
}

#else

template <class Index>
float sum(const ScreenTerms& terms, const Index* query_class, const float* price, float density) {
  return sum_portable(terms, query_class, price, density);
}

#endif

}  // namespace

float screen_sum(const ScreenTerms& terms, const std::uint16_t* query_class, const float* price,
                 float density) {
  return sum(terms, query_class, price, density);
}

float screen_sum(const ScreenTerms& terms, const std::uint32_t* query_class, const float* price,
                 float density) {
  return sum(terms, query_class, price, density);
}

float screen_sum_portable(const ScreenTerms& terms, const std::uint16_t* query_class,
                          const float* price, float density) {
  return sum_portable(terms, query_class, price, density);
}

float screen_sum_portable(const ScreenTerms& terms, const std::uint32_t* query_class,
                          const float* price, float density) {
  return sum_portable(terms, query_class, price, density);
}

std::string_view screen_path() {
#if BERTH_X86
  switch (path()) {
    case Path::kAvx512: return "avx512";
    case Path::kAvx2: return "avx2";
    case Path::kPortable: break;
  }
#endif
  return "portable";
}

}  // namespace berth::bound
