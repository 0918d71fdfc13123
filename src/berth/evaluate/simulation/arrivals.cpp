#include "berth/evaluate/simulation/arrivals.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "berth/workload/assign.h"
#include "berth/workload/generate.h"

namespace berth {
namespace {

constexpr std::size_t kBlock = 1024;

Workload workload_of(const Fleet& fleet, double load) {
  Workload workload;
  for (const FleetClass& c : fleet.classes) {
    workload.classes.push_back(c.traffic);
    workload.classes.back().rate *= load;
  }
  return workload;
}

class GeneratedArrivals final : public Arrivals {
 public:
  GeneratedArrivals(const Fleet& fleet, const GenerateOptions& options, double load)
      : workload_(workload_of(fleet, load)), generator_(workload_, options) {}

  Status next(std::vector<Arrival>& block) override {
    block.clear();
    GeneratedRequest request;
    while (block.size() < kBlock && generator_.next(request)) {
      block.push_back({request.time_s, static_cast<std::uint32_t>(request.class_index),
                       std::max(1U, request.prompt), std::max(1U, request.output), 0, false});
    }
    return Ok{};
  }

 private:
  Workload workload_;
  TraceGenerator generator_;
};

/// One trace, a block at a time, its requests' classes found.
class OpenTrace {
 public:
  OpenTrace(const Workload& workload, std::string name, std::unique_ptr<TraceReader> reader)
      : workload_(&workload), name_(std::move(name)), reader_(std::move(reader)) {}

  /// The next request that fits a class; null at the end.
  Result<const Arrival*> peek() {
    while (next_ == ready_.size() && !over_) {
      if (Status status = read(); !status.ok()) return status.errors();
    }
    return next_ == ready_.size() ? nullptr : &ready_[next_];
  }
  void pop() { ++next_; }
  [[nodiscard]] std::uint64_t unassigned() const { return unassigned_; }

 private:
  Status read() {
    ready_.clear();
    next_ = 0;
    Result<bool> more = reader_->read_block(block_);
    if (!more) return more.errors();
    if (!*more) {
      over_ = true;
      return Ok{};
    }
    for (std::size_t i = 0; i < block_.size(); ++i) {
      const std::optional<std::size_t> found =
          assigner(block_.label.empty() ? kNoLabel : block_.label[i])
              .find(block_.prompt[i], block_.output[i]);
      if (!found) {
        ++unassigned_;
        continue;
      }
      const bool known = !block_.reused.empty();
      ready_.push_back({block_.time_s[i], static_cast<std::uint32_t>(*found),
                        std::max(1U, block_.prompt[i]), std::max(1U, block_.output[i]),
                        known ? block_.reused[i] : 0, known});
    }
    return Ok{};
  }

  const ClassAssigner& assigner(std::uint32_t label) {
    const std::size_t at = label == kNoLabel ? 0 : label + std::size_t{1};
    while (assigners_.size() <= at) assigners_.emplace_back();
    if (!assigners_[at]) {
      const auto labels = reader_->labels();
      assigners_[at].emplace(*workload_, name_,
                             label == kNoLabel ? std::string_view() : labels[label]);
    }
    return *assigners_[at];
  }

  static constexpr std::uint32_t kNoLabel = 0xffffffff;
  const Workload* workload_;
  std::string name_;
  std::unique_ptr<TraceReader> reader_;
  TraceBlock block_;
  std::vector<Arrival> ready_;
  std::size_t next_ = 0;
  bool over_ = false;
  std::uint64_t unassigned_ = 0;
  std::vector<std::optional<ClassAssigner>> assigners_;  // by label + 1; 0 = none
};

class TraceArrivals final : public Arrivals {
 public:
  TraceArrivals(const Fleet& fleet, double load)
      : workload_(workload_of(fleet, 1.0)), load_(load) {}

  void add(std::string name, std::unique_ptr<TraceReader> reader) {
    sources_.emplace_back(workload_, std::move(name), std::move(reader));
  }

  Status next(std::vector<Arrival>& block) override {
    block.clear();
    while (block.size() < kBlock) {
      OpenTrace* first = nullptr;
      const Arrival* earliest = nullptr;
      for (OpenTrace& source : sources_) {
        Result<const Arrival*> head = source.peek();
        if (!head) return head.errors();
        if (*head == nullptr || (earliest != nullptr && (*head)->time >= earliest->time)) continue;
        earliest = *head;
        first = &source;
      }
      if (first == nullptr) break;
      block.push_back(*earliest);
      block.back().time /= load_;
      first->pop();
    }
    return Ok{};
  }

  [[nodiscard]] std::uint64_t unassigned() const override {
    std::uint64_t sum = 0;
    for (const OpenTrace& source : sources_) sum += source.unassigned();
    return sum;
  }

 private:
  Workload workload_;
  double load_;
  std::vector<OpenTrace> sources_;
};

}  // namespace

std::unique_ptr<Arrivals> generated_arrivals(const Fleet& fleet, const GenerateOptions& options,
                                             double load) {
  return std::make_unique<GeneratedArrivals>(fleet, options, load);
}

Result<std::unique_ptr<Arrivals>> trace_arrivals(const Fleet& fleet,
                                                 const std::vector<ReplayedTrace>& traces,
                                                 const TraceOptions& options, double load) {
  auto arrivals = std::make_unique<TraceArrivals>(fleet, load);
  Errors errors;
  for (const ReplayedTrace& trace : traces) {
    Result<std::unique_ptr<TraceReader>> reader = open_trace(trace.path, options);
    if (!reader) {
      errors.insert(errors.end(), reader.errors().begin(), reader.errors().end());
      continue;
    }
    arrivals->add(trace.name, *std::move(reader));
  }
  if (!errors.empty()) return errors;
  return std::unique_ptr<Arrivals>(std::move(arrivals));
}

}  // namespace berth
