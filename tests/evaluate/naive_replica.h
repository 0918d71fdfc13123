#pragma once
// The same engine token by token: every pass is one turn of a loop over all sequences. What the
// replica of the simulator leaps over in closed forms must come out alike.

#include <cstdint>
#include <deque>
#include <vector>

#include "berth/evaluate/simulation/replica.h"
#include "berth/evaluate/simulation/step_model.h"

namespace berth::test {

struct Served {
  SimulatedRequest request;
  double first = 0.0;
  double end = 0.0;
};

class NaiveReplica {
 public:
  explicit NaiveReplica(const StepModel& model) : model_(model) {}

  void submit(const SimulatedRequest& request);
  void run_until(double time);

  std::vector<Served> served;
  std::uint64_t preempted = 0;
  std::uint64_t passes = 0;

 private:
  struct Sequence {
    SimulatedRequest request;
    double first = -1.0;
    std::uint32_t produced = 0;
    std::uint32_t context = 0;
    std::uint32_t unread = 0;
    std::uint64_t admitted = 0;
    bool decoding = false;
  };

  void pass();
  PromptWork read_prompts(int decoding);
  void make_room();
  double blocks() const;
  double growth() const;

  const StepModel& model_;
  double clock_ = 0.0;
  std::deque<Sequence> waiting_;
  std::vector<Sequence> running_;  // in order of admission
  std::uint64_t admissions_ = 0;
};

}  // namespace berth::test
