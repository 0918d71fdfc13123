#pragma once
// Large trace files of every format, made once per run in the temporary directory.

#include <filesystem>

namespace berth::bench {

enum class Sample {
  kAzure,
  kAzureOffset,
  kAzureQuoted,
  kBurstGpt,
  kGeneric,
  kMooncake,
  kJsonLines
};
enum class Packing { kPlain, kGzip, kZstd };

/// About 32 MB of text; removed at exit.
[[nodiscard]] const std::filesystem::path& sample_file(Sample sample,
                                                       Packing packing = Packing::kPlain);

}  // namespace berth::bench
