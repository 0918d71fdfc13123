#include "berth/workload/reading/sorted_reader.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <queue>
#include <utility>

#include <fmt/format.h>

namespace berth {
namespace {

struct Waiting {
  double time_s;
  std::uint64_t sequence;  // equal times keep the order of the file
  std::uint32_t prompt, output, reused, images, label;
};

struct Later {
  bool operator()(const Waiting& a, const Waiting& b) const {
    return a.time_s != b.time_s ? a.time_s > b.time_s : a.sequence > b.sequence;
  }
};

class SortedReader final : public TraceReader {
 public:
  SortedReader(std::unique_ptr<TraceReader> inner, const TraceOptions& options, std::string name)
      : inner_(std::move(inner)), options_(options), name_(std::move(name)) {}

  Result<bool> read_block(TraceBlock& block) override {
    clear(block);
    while (block.size() < std::max<std::size_t>(options_.block_rows, 1)) {
      while (!inner_done_ && heap_.size() <= options_.sort_window) {
        if (Status took = take_in(); !took) return std::move(took).errors();
      }
      if (heap_.empty()) break;
      put(heap_.top(), block);
      heap_.pop();
    }
    if (block.size() > 0) return true;
    if (too_late_ == 0) return false;
    return Error{ErrorCode::kInconsistent,
                 fmt::format("{} requests are out of time order by more than {} rows", too_late_,
                             options_.sort_window),
                 name_, "sort the trace by time"};
  }

  [[nodiscard]] std::string_view format() const override { return inner_->format(); }
  [[nodiscard]] std::string_view compression() const override { return inner_->compression(); }
  [[nodiscard]] const TraceCounts& counts() const override { return inner_->counts(); }
  [[nodiscard]] std::span<const std::string> labels() const override { return inner_->labels(); }
  [[nodiscard]] bool has_labels() const override { return inner_->has_labels(); }
  [[nodiscard]] bool has_hash_ids() const override { return inner_->has_hash_ids(); }
  [[nodiscard]] std::optional<std::int64_t> origin_ns() const override {
    const auto origin = inner_->origin_ns();
    if (!origin) return origin;
    return *origin + static_cast<std::int64_t>(std::llround(shift_s_ * 1e9));
  }

 private:
  static void clear(TraceBlock& block) {
    block.time_s.clear();
    block.prompt.clear();
    block.output.clear();
    block.reused.clear();
    block.images.clear();
    block.label.clear();
  }

  /// Moves the next request of the trace into the heap, if there is one.
  Status take_in() {
    if (next_ == input_.size()) {
      const Result<bool> more = inner_->read_block(input_);
      if (!more) return more.errors();
      inner_done_ = !*more;
      next_ = 0;
      if (inner_done_) return Ok{};
    }
    const auto at = [this](const std::vector<std::uint32_t>& column) {
      return column.empty() ? 0U : column[next_];
    };
    has_images_ = !input_.images.empty();
    heap_.push({input_.time_s[next_], sequence_++, input_.prompt[next_], input_.output[next_],
                at(input_.reused), at(input_.images), at(input_.label)});
    ++next_;
    return Ok{};
  }

  void put(const Waiting& row, TraceBlock& block) {
    if (!started_) shift_s_ = row.time_s;
    started_ = true;
    const double time = row.time_s - shift_s_;
    if (time < last_s_) ++too_late_;
    last_s_ = time;
    block.time_s.push_back(time);
    block.prompt.push_back(row.prompt);
    block.output.push_back(row.output);
    if (inner_->has_hash_ids()) block.reused.push_back(row.reused);
    if (has_images_) block.images.push_back(row.images);
    if (inner_->has_labels()) block.label.push_back(row.label);
  }

  std::unique_ptr<TraceReader> inner_;
  TraceOptions options_;
  std::string name_;
  TraceBlock input_;
  std::size_t next_ = 0;  // row of input_ to take in
  std::priority_queue<Waiting, std::vector<Waiting>, Later> heap_;
  std::uint64_t sequence_ = 0;
  std::uint64_t too_late_ = 0;
  double shift_s_ = 0.0;
  double last_s_ = -std::numeric_limits<double>::infinity();
  bool started_ = false;
  bool inner_done_ = false;
  bool has_images_ = false;
};

}  // namespace

std::unique_ptr<TraceReader> sort_rows(std::unique_ptr<TraceReader> reader,
                                       const TraceOptions& options, std::string name) {
  return std::make_unique<SortedReader>(std::move(reader), options, std::move(name));
}

}  // namespace berth
