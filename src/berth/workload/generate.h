#pragma once
// Workload -> synthetic trace, reproducible by seed. docs/workload.md, "Generate".

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

#include "berth/core/random.h"
#include "berth/core/result.h"
#include "berth/workload/query_class.h"

namespace berth {

/// Distribution of the gaps between arrivals of a class: of its rate and its ca^2. Weibull's bursts
/// have the longer tail (ServeGen found both in production); Poisson ignores ca^2.
enum class ArrivalProcess { kGamma, kWeibull, kPoisson };
inline constexpr const char* kArrivalProcessNames[] = {"gamma", "weibull", "poisson"};
/// REQUIRES: one of the names.
[[nodiscard]] ArrivalProcess arrival_process_of(std::string_view name);

struct GenerateOptions {
  double duration_s = 3600.0;
  std::uint64_t seed = 1;
  ArrivalProcess process = ArrivalProcess::kGamma;
};

/// Gaps between arrivals in units of their mean.
class GapDistribution {
 public:
  /// REQUIRES: variability finite and not negative.
  GapDistribution(ArrivalProcess process, double variability);

  [[nodiscard]] double draw(Random& random) const;
  /// Time to the first arrival of a renewal process that has been running for long: a gap is met in
  /// proportion to its length, at a uniform point of it.
  [[nodiscard]] double draw_first(Random& random) const;

 private:
  ArrivalProcess process_;
  double variability_;
  double shape_ = 1.0;  ///< of Weibull's
  double scale_ = 1.0;
};

struct GeneratedRequest {
  double time_s = 0.0;
  std::size_t class_index = 0;
  std::uint32_t prompt = 0;
  std::uint32_t output = 0;
};

/// The requests of all classes in time order. Each class draws from its own random streams, so a
/// class keeps its requests when others are added behind it.
class TraceGenerator {
 public:
  /// REQUIRES: rates and variabilities finite and not negative, `workload` outlives this.
  TraceGenerator(const Workload& workload, const GenerateOptions& options);

  /// False when the duration is over. O(log classes).
  bool next(GeneratedRequest& request);

 private:
  struct Stream {
    Random arrivals;
    Random lengths;
    GapDistribution gaps;
    double next_s = 0.0;
  };
  [[nodiscard]] bool later(std::size_t a, std::size_t b) const;

  const Workload* workload_;
  double duration_s_;
  std::vector<Stream> streams_;
  std::vector<std::size_t> heap_;  // classes with a request to come, the earliest on top
};

/// Takes a piece of CSV text; an error ends the writing.
using TextSink = std::function<Status(std::string_view)>;

/// CSV `timestamp,class,prompt,output`, timestamps in seconds; the generic reader and `fit` read
/// it back. Errors: kOutOfRange (duration not positive), kMissing (no classes), those of the sink.
[[nodiscard]] Status generate_trace(const Workload& workload, const GenerateOptions& options,
                                    const TextSink& sink);
/// Into a file, replaced at the end only. Errors: kUnwritable as well.
[[nodiscard]] Status generate_trace(const Workload& workload, const GenerateOptions& options,
                                    const std::filesystem::path& path);

}  // namespace berth
