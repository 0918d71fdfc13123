#include "berth/workload/fitting/source_fit.h"

#include <utility>

#include <fmt/format.h>

#include "berth/core/text.h"

namespace berth {
namespace {

/// The class of every pair of bins.
std::vector<std::uint16_t> class_table(const std::vector<LengthRectangle>& rectangles) {
  std::vector<std::uint16_t> table(LengthScale::kBins * LengthScale::kBins, 0);
  for (std::size_t i = 0; i < rectangles.size(); ++i) {
    const LengthRectangle& r = rectangles[i];
    for (std::size_t p = r.prompt_first; p < r.prompt_end; ++p) {
      for (std::size_t o = r.output_first; o < r.output_end; ++o) {
        table[p * LengthScale::kBins + o] = static_cast<std::uint16_t>(i);
      }
    }
  }
  return table;
}

class SourceFitter {
 public:
  SourceFitter(double shift_s, double window_s, const std::vector<LengthRectangle>& rectangles)
      : shift_s_(shift_s), window_s_(window_s), by_length_(!rectangles.empty()) {
    if (by_length_) table_ = class_table(rectangles);
    classes_.resize(by_length_ ? rectangles.size() : 1, ClassStatistics(window_s));
  }

  void add(const TraceBlock& block) {
    for (std::size_t i = 0; i < block.size(); ++i) {
      const std::size_t index = class_of(block, i);
      if (index >= classes_.size()) classes_.resize(index + 1, ClassStatistics(window_s_));
      classes_[index].add(block.time_s[i], shift_s_, block.prompt[i], block.output[i],
                          block.reused.empty() ? 0 : block.reused[i]);
    }
    if (block.size() > 0) last_s_ = block.time_s.back();
  }

  [[nodiscard]] double duration_s() const { return last_s_; }

  std::vector<ClassStatistics> finish() {
    for (ClassStatistics& statistics : classes_) statistics.finish();
    return std::move(classes_);
  }

 private:
  [[nodiscard]] std::size_t class_of(const TraceBlock& block, std::size_t i) const {
    if (by_length_) {
      return table_[LengthScale::bin_of(block.prompt[i]) * LengthScale::kBins +
                    LengthScale::bin_of(block.output[i])];
    }
    return block.label.empty() ? 0 : block.label[i];
  }

  double shift_s_;
  double window_s_;
  bool by_length_;
  std::vector<std::uint16_t> table_;
  std::vector<ClassStatistics> classes_;
  double last_s_ = 0.0;
};

}  // namespace

Result<StartedTrace> start_trace(const TraceSource& source, const TraceOptions& options) {
  Result<std::unique_ptr<TraceReader>> reader = open_trace(source.path, options);
  if (!reader) return std::move(reader).errors();
  StartedTrace trace;
  trace.reader = std::move(reader).value();
  // An empty trace is an error of the reader, so there is a first block.
  const Result<bool> more = trace.reader->read_block(trace.first);
  if (!more) return more.errors();
  return trace;
}

Result<LengthGrid> count_lengths(const TraceSource& source, const TraceOptions& options) {
  Result<StartedTrace> trace = start_trace(source, options);
  if (!trace) return std::move(trace).errors();
  LengthGrid grid;
  TraceBlock block = std::move(trace->first);
  while (true) {
    for (std::size_t i = 0; i < block.size(); ++i) grid.add(block.prompt[i], block.output[i]);
    const Result<bool> more = trace->reader->read_block(block);
    if (!more) return more.errors();
    if (!*more) return grid;
  }
}

Result<SourceFit> fit_source(const TraceSource& source, StartedTrace trace, double shift_s,
                             double window_s, const std::vector<LengthRectangle>& rectangles) {
  SourceFitter fitter(shift_s, window_s, rectangles);
  TraceBlock block = std::move(trace.first);
  while (true) {
    fitter.add(block);
    const Result<bool> more = trace.reader->read_block(block);
    if (!more) return more.errors();
    if (!*more) break;
  }
  if (fitter.duration_s() <= 0) {
    return Error{ErrorCode::kInconsistent,
                 fmt::format("all {} requests have the same timestamp, so there is no rate",
                             trace.reader->counts().rows),
                 source.path.string(), "is this the timestamp column, and its unit?"};
  }
  SourceFit fit;
  fit.summary = {source, std::string(trace.reader->format()),
                 std::string(trace.reader->compression()), trace.reader->counts(),
                 fitter.duration_s()};
  fit.labels.assign(trace.reader->labels().begin(), trace.reader->labels().end());
  fit.classes = fitter.finish();
  return fit;
}

}  // namespace berth
