#pragma once
// One replica: an engine with continuous batching. Each pass gives every decoding sequence a token
// and reads prompts up to a budget of tokens; the cache is handed out in blocks, and when it is
// full the request admitted last starts over. Between two events (a request ends, another comes,
// the cache is full) decode steps are alike, and any number of them is one closed form.
// docs/simulation.md.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "berth/evaluate/simulation/recorder.h"
#include "berth/evaluate/simulation/ring.h"
#include "berth/evaluate/simulation/step_model.h"

namespace berth {

struct SimulatedRequest {
  double arrival = 0.0;
  std::uint32_t prompt = 1;  ///< tokens, at least 1
  std::uint32_t output = 1;  ///< tokens, at least 1
  std::uint32_t reused = 0;  ///< prompt tokens whose cache is there already
  std::uint32_t route = 0;   ///< of the deployment's recorders
};

struct ReplicaCounts {
  std::uint64_t accepted = 0;
  std::uint64_t served = 0;
  std::uint64_t refused = 0;  ///< can never fit the cache, or beyond the longest queue
  std::uint64_t preempted = 0;
  std::uint64_t passes = 0;  ///< that read prompts
  std::uint64_t leaps = 0;   ///< runs of decode steps advanced at once
  std::uint64_t steps = 0;   ///< passes of any kind
};

class Replica {
 public:
  /// `routes` and `timeline` are those of the deployment; all outlive this.
  Replica(const StepModel& model, std::vector<RouteRecorder>& routes, OccupancyTimeline& timeline,
          std::size_t longest_queue);

  /// Runs passes until the clock is at `time` or later, or nothing is left to do. O(events).
  void advance(double time);
  /// False if it is refused. REQUIRES: advance(request.arrival) was called; `now` >= the arrival is
  /// when it gets here.
  bool submit(const SimulatedRequest& request, double now);
  /// All that it holds, in order of arrival; it is empty afterwards and idle from `time` on.
  void evict(double time, std::vector<SimulatedRequest>& requests);

  [[nodiscard]] std::size_t load() const { return waiting_.size() + running_; }
  /// Of them, those of one route. O(what it holds).
  [[nodiscard]] std::uint64_t held_of(std::uint32_t route) const;
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  [[nodiscard]] std::size_t running() const { return running_; }
  [[nodiscard]] double clock() const { return clock_; }
  [[nodiscard]] double blocks_used() const { return blocks_; }
  [[nodiscard]] const ReplicaCounts& counts() const { return counts_; }

 private:
  struct Waiting {
    SimulatedRequest request;
    double first_token = -1.0;   ///< before it was preempted
    std::uint32_t produced = 0;  ///< tokens before it was preempted
  };
  struct Sequence {
    Waiting at;
    std::uint32_t context = 0;  ///< tokens in the cache when it began to decode
    std::uint32_t unread = 0;   ///< of the prompt
    std::uint64_t began = 0;    ///< step at which it began to decode
    std::uint64_t admitted = 0;
    std::uint32_t generation = 0;  ///< changes when the slot is given back
    bool decoding = false;
    bool beyond = false;  ///< the window
  };
  struct Due {  ///< at a step
    std::uint64_t step;
    std::uint32_t slot;
    std::uint32_t generation;
    friend bool operator>(const Due& a, const Due& b) {
      return a.step != b.step ? a.step > b.step : a.slot > b.slot;
    }
  };

  bool read_prompts();
  bool admit_next(double growth);
  PromptWork read_parts(double budget);
  void end_of_pass(double began);
  void leap(double until);
  [[nodiscard]] std::uint64_t leap_length(double until) const;
  [[nodiscard]] std::uint64_t steps_until(double until, std::uint64_t most) const;
  [[nodiscard]] double decode_time(std::uint64_t steps) const;
  void pass_time(double seconds, double blocks_before);

  void begin_decoding(std::uint32_t slot);
  void stop_decoding(Sequence& sequence);
  void tokens_out(std::uint64_t steps);
  void finish_due();
  void cross_window();
  void make_room();
  void preempt_last();
  void release(std::uint32_t slot);

  [[nodiscard]] double growth(std::uint64_t steps) const;
  [[nodiscard]] std::uint32_t context_now(const Sequence& s) const {
    return s.context + static_cast<std::uint32_t>(steps_ - s.began);
  }
  [[nodiscard]] std::size_t phase_of(const Sequence& s) const;

  const StepModel* model_;
  std::vector<RouteRecorder>* routes_;
  OccupancyTimeline* timeline_;
  std::size_t longest_queue_;

  double clock_ = 0.0;
  std::uint64_t steps_ = 0;
  Ring<Waiting> waiting_;
  std::vector<Sequence> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> reading_;   ///< slots with prompt left, in order of admission
  std::vector<std::uint32_t> read_;      ///< of them, done with the pass that runs
  std::vector<Due> ends_;                ///< heap, the next on top
  std::vector<Due> crossings_;           ///< heap: sequences whose context reaches the window
  std::vector<std::uint32_t> of_route_;  ///< decoding sequences
  std::size_t running_ = 0;
  int decoding_ = 0;
  double seen_ = 0.0;         ///< tokens that all decoding sequences look at
  double seen_growth_ = 0.0;  ///< a step
  double blocks_ = 0.0;
  std::uint64_t admissions_ = 0;
  // Decoding sequences by the step, modulo the block, at which they need a block more.
  std::vector<std::uint32_t> near_;
  std::vector<std::uint32_t> far_;
  ReplicaCounts counts_;
};

}  // namespace berth
