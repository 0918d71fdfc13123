#include "apps/cli/replay_progress.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "berth/output/format.h"

namespace berth::cli {
namespace {

using Clock = std::chrono::steady_clock;

/// Shorter work is over before anybody has read a line.
constexpr double kQuietFor = 0.5;  // s
constexpr double kBetween = 0.1;   // s

double seconds_since(Clock::time_point from) {
  return std::chrono::duration<double>(Clock::now() - from).count();
}

}  // namespace

class ReplayProgress::Watched final : public Arrivals {
 public:
  Watched(std::unique_ptr<Arrivals> inner, ReplayProgress& progress)
      : inner_(std::move(inner)), progress_(progress) {}
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  ~Watched() override { progress_.run_ended(); }

  Status next(std::vector<Arrival>& block) override {
    Status status = inner_->next(block);
    if (status.ok() && !block.empty()) progress_.taken(block.size(), block.back().time);
    return status;
  }
  [[nodiscard]] std::uint64_t unassigned() const override { return inner_->unassigned(); }

 private:
  std::unique_ptr<Arrivals> inner_;
  ReplayProgress& progress_;
};

ReplayProgress::ReplayProgress(const Console& console, int runs, double duration_s)
    : console_(console), runs_(runs), duration_s_(duration_s) {}

ArrivalsOf ReplayProgress::watch(ArrivalsOf arrivals) {
  if (!console_.shows_progress()) return arrivals;
  return [this, arrivals = std::move(arrivals)](int k) -> Result<std::unique_ptr<Arrivals>> {
    Result<std::unique_ptr<Arrivals>> source = arrivals(k);
    if (!source) return source.errors();
    return std::unique_ptr<Arrivals>(std::make_unique<Watched>(*std::move(source), *this));
  };
}

void ReplayProgress::connect(VerifyRequest& request) {
  if (!console_.shows_progress()) return;
  plan_ = 1;
  request.arrivals = watch(std::move(request.arrivals));
  request.plan.limits.on_progress = [this](const Progress& progress) {
    const std::lock_guard lock(mutex_);
    std::string text = fmt::format("{}plan {}: {:.1f} s", found_, plan_, progress.seconds);
    if (progress.incumbent) text += fmt::format("  best {:.2f} USD/h", *progress.incumbent);
    console_.progress(text);
  };
  request.on_round = [this](int number, const VerifyRound& round, std::size_t classes) {
    const std::lock_guard lock(mutex_);
    const std::string text = fmt::format("plan {}: {}, {} of {} hold", number,
                                         format_usd(round.cost), round.holding, classes);
    console_.progress(text);
    found_ = text + "; ";
    plan_ = number + 1;
    requests_ = 0;
    time_s_ = 0.0;
    ended_ = 0;
  };
}

void ReplayProgress::taken(std::uint64_t requests, double time_s) {
  const std::lock_guard lock(mutex_);
  requests_ += requests;
  time_s_ = std::max(time_s_, time_s);
  show();
}

void ReplayProgress::run_ended() {
  const std::lock_guard lock(mutex_);
  ++ended_;
  show();
}

void ReplayProgress::show() {
  if (seconds_since(begin_) < kQuietFor || seconds_since(shown_) < kBetween) return;
  shown_ = Clock::now();
  console_.progress(plan_ > 0 ? fmt::format("{}plan {}: {}", found_, plan_, replay_text())
                              : fmt::format("{:6.1f} s  {}", seconds_since(begin_), replay_text()));
}

std::string ReplayProgress::replay_text() const {
  const std::string requests = format_count(requests_) + " requests";
  if (runs_ > 1) return fmt::format("{} of {} runs done, {}", ended_, runs_, requests);
  return fmt::format("{}{} simulated, {}", format_seconds(time_s_),
                     duration_s_ > 0.0 ? " of " + format_seconds(duration_s_) : "", requests);
}

}  // namespace berth::cli
