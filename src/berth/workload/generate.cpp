#include "berth/workload/generate.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/compile.h>
#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/workload/reading/csv_line.h"

namespace berth {
namespace {

// Below this ca^2 arrivals are evenly spaced for all practical purposes.
constexpr double kMinVariability = 1e-6;
constexpr std::size_t kFlushBytes = std::size_t{64} << 10;

/// Whole tokens: a draw from (lower, upper] rounded up stays in it.
std::uint32_t draw_tokens(const LengthDistribution& lengths, Random& random) {
  return static_cast<std::uint32_t>(std::ceil(lengths.quantile(random.uniform())));
}

/// Squared variation of a Weibull variable, falling in its shape.
double weibull_variation(double shape) {
  return std::exp(std::lgamma(1.0 + 2.0 / shape) - 2.0 * std::lgamma(1.0 + 1.0 / shape)) - 1.0;
}

double weibull_shape(double variation) {
  double low = 0.05;  // more variable than any traffic
  double high = 1e4;
  constexpr int kHalvings = 80;
  for (int step = 0; step < kHalvings; ++step) {
    const double middle = std::sqrt(low * high);
    (weibull_variation(middle) > variation ? low : high) = middle;
  }
  return low;
}

Status check(const Workload& workload, const GenerateOptions& options) {
  Errors errors;
  if (workload.classes.empty()) {
    errors.push_back({ErrorCode::kMissing, "the workload has no classes", "", {}});
  }
  if (!(options.duration_s > 0) || !std::isfinite(options.duration_s)) {
    errors.push_back(
        {ErrorCode::kOutOfRange, "the duration must be longer than 0 s", "--duration", {}});
  }
  if (!errors.empty()) return errors;
  return Ok{};
}

struct CloseFile {
  void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};

}  // namespace

ArrivalProcess arrival_process_of(std::string_view name) {
  const auto at = std::find(std::begin(kArrivalProcessNames), std::end(kArrivalProcessNames), name);
  assert(at != std::end(kArrivalProcessNames));
  return static_cast<ArrivalProcess>(at - std::begin(kArrivalProcessNames));
}

GapDistribution::GapDistribution(ArrivalProcess process, double variability)
    : process_(process), variability_(process == ArrivalProcess::kPoisson ? 1.0 : variability) {
  if (process_ != ArrivalProcess::kWeibull || variability_ <= kMinVariability) return;
  shape_ = weibull_shape(variability_);
  scale_ = 1.0 / std::tgamma(1.0 + 1.0 / shape_);
}

double GapDistribution::draw(Random& random) const {
  if (variability_ <= kMinVariability) return 1.0;
  if (variability_ == 1.0) return random.exponential();
  if (process_ == ArrivalProcess::kWeibull) {
    return scale_ * std::pow(random.exponential(), 1.0 / shape_);
  }
  return random.gamma(1.0 / variability_) * variability_;
}

double GapDistribution::draw_first(Random& random) const {
  const double at = random.uniform();
  if (variability_ <= kMinVariability) return at;
  // The gap that is met: again Gamma, of shape k + 1; or its Weibull power is Gamma, 1 + 1/k.
  if (process_ == ArrivalProcess::kWeibull) {
    return at * scale_ * std::pow(random.gamma(1.0 + 1.0 / shape_), 1.0 / shape_);
  }
  return at * random.gamma(1.0 / variability_ + 1.0) * variability_;
}

TraceGenerator::TraceGenerator(const Workload& workload, const GenerateOptions& options)
    : workload_(&workload), duration_s_(options.duration_s) {
  const Random root(options.seed);
  for (std::size_t i = 0; i < workload.classes.size(); ++i) {
    const QueryClass& query = workload.classes[i];
    Stream& stream = streams_.emplace_back(Stream{
        root.split(2 * i), root.split(2 * i + 1), {options.process, query.arrival_variability}});
    if (!(query.rate > 0)) continue;
    stream.next_s = stream.gaps.draw_first(stream.arrivals) / query.rate;
    if (stream.next_s < duration_s_) heap_.push_back(i);
  }
  std::make_heap(heap_.begin(), heap_.end(),
                 [this](std::size_t a, std::size_t b) { return later(a, b); });
}

bool TraceGenerator::later(std::size_t a, std::size_t b) const {
  const double ta = streams_[a].next_s;
  const double tb = streams_[b].next_s;
  return ta != tb ? ta > tb : a > b;
}

bool TraceGenerator::next(GeneratedRequest& request) {
  if (heap_.empty()) return false;
  const auto order = [this](std::size_t a, std::size_t b) { return later(a, b); };
  std::pop_heap(heap_.begin(), heap_.end(), order);
  const std::size_t index = heap_.back();
  const QueryClass& query = workload_->classes[index];
  Stream& stream = streams_[index];
  request.time_s = stream.next_s;
  request.class_index = index;
  request.prompt = draw_tokens(query.prompt_tokens, stream.lengths);
  request.output = draw_tokens(query.output_tokens, stream.lengths);
  stream.next_s += stream.gaps.draw(stream.arrivals) / query.rate;
  if (stream.next_s < duration_s_) {
    std::push_heap(heap_.begin(), heap_.end(), order);
  } else {
    heap_.pop_back();
  }
  return true;
}

Status generate_trace(const Workload& workload, const GenerateOptions& options,
                      const TextSink& sink) {
  if (Status good = check(workload, options); !good) return good;
  std::vector<std::string> names;
  for (const QueryClass& query : workload.classes) names.push_back(csv_field(query.name));
  std::string text = "timestamp,class,prompt,output\n";
  TraceGenerator generator(workload, options);
  GeneratedRequest request;
  while (generator.next(request)) {
    fmt::format_to(std::back_inserter(text), FMT_COMPILE("{:.6f},{},{},{}\n"), request.time_s,
                   names[request.class_index], request.prompt, request.output);
    if (text.size() < kFlushBytes) continue;
    if (Status written = sink(text); !written) return written;
    text.clear();
  }
  return sink(text);
}

Status generate_trace(const Workload& workload, const GenerateOptions& options,
                      const std::filesystem::path& path) {
  const auto unwritable = [&](int error) {
    return Error{ErrorCode::kUnwritable,
                 fmt::format("cannot be written: {}", std::generic_category().message(error)),
                 path.string(),
                 {}};
  };
  std::error_code failed;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), failed);
  // Into a sibling first, so that a reader never sees half a trace.
  std::filesystem::path part = path;
  part += ".part";
  std::unique_ptr<std::FILE, CloseFile> file(std::fopen(part.c_str(), "wb"));
  if (!file) return unwritable(errno);
  Status status = generate_trace(workload, options, [&](std::string_view text) -> Status {
    if (std::fwrite(text.data(), 1, text.size(), file.get()) == text.size()) return Ok{};
    return unwritable(errno);
  });
  // Closing flushes: a full disk often shows only here.
  if (std::fclose(file.release()) != 0 && status) status = unwritable(errno);
  if (status) std::filesystem::rename(part, path, failed);
  if (status && failed) status = unwritable(failed.value());
  if (!status) std::filesystem::remove(part, failed);
  return status;
}

}  // namespace berth
