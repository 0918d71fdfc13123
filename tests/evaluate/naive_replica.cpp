#include "tests/evaluate/naive_replica.h"

#include <algorithm>

namespace berth::test {
namespace {
constexpr double kNoise = 1e-6;
}

void NaiveReplica::submit(const SimulatedRequest& request) {
  if (waiting_.empty() && running_.empty()) clock_ = std::max(clock_, request.arrival);
  Sequence s;
  s.request = request;
  waiting_.push_back(s);
}

double NaiveReplica::blocks() const {
  double sum = 0.0;
  for (const Sequence& s : running_) sum += model_.blocks(s.decoding ? s.context : s.context + 1);
  return sum;
}

double NaiveReplica::growth() const {
  double sum = 0.0;
  for (const Sequence& s : running_) {
    if (s.decoding) sum += model_.blocks(s.context + 1) - model_.blocks(s.context);
  }
  return sum;
}

void NaiveReplica::make_room() {
  while (running_.size() > 1 && blocks() + growth() > model_.capacity_blocks() + kNoise) {
    Sequence last = running_.back();
    running_.pop_back();
    last.decoding = false;
    waiting_.push_front(last);
    ++preempted;
  }
}

void NaiveReplica::run_until(double time) {
  while (clock_ < time && !(waiting_.empty() && running_.empty())) pass();
}

PromptWork NaiveReplica::read_prompts(int decoding) {
  double budget = std::max(1.0, 1.0 * model_.limits().max_num_batched_tokens - decoding);
  PromptWork work;
  const auto read = [&](Sequence& s) {
    const auto part = static_cast<std::uint32_t>(std::min<double>(budget, s.unread));
    const double before = s.context - s.unread;
    work.tokens += part;
    work.largest = std::max<double>(work.largest, part);
    work.pairs += part * model_.seen(before + 0.5 * part);
    work.cached += model_.seen(before);
    ++work.prompts;
    s.unread -= part;
    budget -= part;
  };
  bool blocked = false;
  for (Sequence& s : running_) {
    if (s.decoding || blocked || budget < 1.0) continue;
    read(s);
    blocked = s.unread > 0;
  }
  while (!blocked && budget >= 1.0 && !waiting_.empty() &&
         running_.size() < static_cast<std::size_t>(model_.limits().max_num_seqs)) {
    Sequence s = waiting_.front();
    s.context = s.request.prompt + s.produced;
    const double spare =
        running_.empty() ? 0.0 : model_.limits().watermark * model_.capacity_blocks();
    if (!running_.empty() && blocks() + growth() + model_.blocks(s.context + 1) + spare >
                                 model_.capacity_blocks() + kNoise) {
      break;
    }
    waiting_.pop_front();
    s.unread = s.context - (s.produced > 0 ? 0 : std::min(s.request.reused, s.context - 1));
    s.admitted = ++admissions_;
    read(s);
    blocked = s.unread > 0;
    running_.push_back(s);
  }
  return work;
}

void NaiveReplica::pass() {
  make_room();
  int decoding = 0;
  double seen = 0.0;
  for (const Sequence& s : running_) {
    if (!s.decoding) continue;
    ++decoding;
    seen += model_.seen(s.context);
  }
  const PromptWork work = read_prompts(decoding);
  double seconds = 0.0;
  if (decoding > 0) seconds += model_.decode(decoding, seen);
  if (work.prompts > 0) seconds += model_.prompts(work, decoding == 0);
  clock_ += seconds;
  ++passes;
  for (Sequence& s : running_) {
    if (s.decoding) {
      ++s.context;
      ++s.produced;
    } else if (s.unread == 0) {
      if (s.first < 0.0) s.first = clock_;
      s.decoding = true;
      ++s.produced;
      ++s.context;
    }
  }
  for (const Sequence& s : running_) {
    if (s.decoding && s.produced == s.request.output)
      served.push_back({s.request, s.first, clock_});
  }
  std::erase_if(running_,
                [](const Sequence& s) { return s.decoding && s.produced == s.request.output; });
}

}  // namespace berth::test
