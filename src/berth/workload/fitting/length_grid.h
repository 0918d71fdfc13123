#pragma once
// Requests of one source counted by prompt and output length together.

#include <cstdint>
#include <vector>

#include "berth/workload/fitting/length_histogram.h"

namespace berth {

/// Bins first <= bin < end of the length scale, for prompt and output.
struct LengthRectangle {
  std::size_t prompt_first = 0, prompt_end = LengthScale::kBins;
  std::size_t output_first = 0, output_end = LengthScale::kBins;
};

class LengthGrid {
 public:
  LengthGrid() : counts_(LengthScale::kBins * LengthScale::kBins, 0) {}

  void add(std::uint32_t prompt, std::uint32_t output) {
    const std::size_t p = LengthScale::bin_of(prompt);
    const std::size_t o = LengthScale::bin_of(output);
    ++counts_[p * LengthScale::kBins + o];
    prompt_.add(prompt, p);
    output_.add(output, o);
  }

  [[nodiscard]] std::uint64_t count(std::size_t prompt_bin, std::size_t output_bin) const {
    return counts_[prompt_bin * LengthScale::kBins + output_bin];
  }
  [[nodiscard]] const LengthHistogram& prompt() const { return prompt_; }
  [[nodiscard]] const LengthHistogram& output() const { return output_; }

 private:
  std::vector<std::uint64_t> counts_;
  LengthHistogram prompt_;
  LengthHistogram output_;
};

}  // namespace berth
