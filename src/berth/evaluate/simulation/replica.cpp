#include "berth/evaluate/simulation/replica.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "berth/evaluate/simulation/heap.h"

namespace berth {
namespace {

constexpr std::uint64_t kNoEnd = std::numeric_limits<std::uint64_t>::max();
constexpr double kBlockNoise = 1e-6;  // blocks: sums of parts of blocks round

}  // namespace

Replica::Replica(const StepModel& model, std::vector<RouteRecorder>& routes,
                 OccupancyTimeline& timeline, std::size_t longest_queue)
    : model_(&model),
      routes_(&routes),
      timeline_(&timeline),
      longest_queue_(longest_queue),
      of_route_(routes.size(), 0),
      near_(static_cast<std::size_t>(model.limits().block_tokens), 0),
      far_(near_.size(), 0) {
  const auto slots = static_cast<std::size_t>(model.limits().max_num_seqs);
  slots_.resize(slots);
  for (std::size_t s = slots; s > 0; --s) free_.push_back(static_cast<std::uint32_t>(s - 1));
  reading_.reserve(slots);
  read_.reserve(slots);
  ends_.reserve(2 * slots);
  crossings_.reserve(2 * slots);
}

bool Replica::submit(const SimulatedRequest& request, double now) {
  // Alone in the cache it must come to its end.
  const bool fits =
      model_->blocks(request.prompt + request.output) <= model_->capacity_blocks() + kBlockNoise;
  if (!fits || waiting_.size() >= longest_queue_) {
    ++counts_.refused;
    return false;
  }
  ++counts_.accepted;
  if (load() == 0) clock_ = std::max(clock_, now);
  timeline_->add_waiting(now, clock_);
  waiting_.push_back({request, -1.0, 0});
  return true;
}

void Replica::advance(double time) {
  while (clock_ < time && load() > 0) {
    if (!read_prompts()) leap(time);
  }
}

// ---------------------------------------------------------------------------------------------
// Passes that read prompts

bool Replica::admit_next(double growth) {
  if (waiting_.empty() || free_.empty()) return false;
  const Waiting& next = waiting_.front();
  const std::uint32_t tokens = next.request.prompt + next.produced;
  const double blocks = model_->blocks(tokens + 1);
  const double spare = running_ == 0 ? 0.0 : model_->limits().watermark * model_->capacity_blocks();
  if (blocks_ + growth + blocks + spare > model_->capacity_blocks() + kBlockNoise && running_ > 0) {
    return false;
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  Sequence& s = slots_[slot];
  s.at = next;
  s.context = tokens;
  s.decoding = false;
  s.beyond = false;
  s.admitted = ++admissions_;
  // At least the last token is computed. What was preempted is read again without help.
  const std::uint32_t cached = next.produced > 0 ? 0 : std::min(next.request.reused, tokens - 1);
  s.unread = tokens - cached;
  blocks_ += blocks;
  ++running_;
  reading_.push_back(slot);
  waiting_.pop_front();
  return true;
}

PromptWork Replica::read_parts(double budget) {
  PromptWork work;
  read_.clear();
  std::size_t done = 0;
  const double growth_now = growth(1);
  for (std::size_t next = 0; budget >= 1.0; ++next) {
    if (next == reading_.size() && !admit_next(growth_now)) break;
    Sequence& s = slots_[reading_[next]];
    const auto part = static_cast<std::uint32_t>(std::min<double>(budget, s.unread));
    const double before = s.context - s.unread;
    work.tokens += part;
    work.largest = std::max<double>(work.largest, part);
    work.pairs += part * model_->seen(before + 0.5 * part);
    work.cached += model_->seen(before);
    ++work.prompts;
    s.unread -= part;
    budget -= part;
    if (s.unread > 0) break;
    read_.push_back(reading_[next]);
    ++done;
  }
  reading_.erase(reading_.begin(), reading_.begin() + static_cast<std::ptrdiff_t>(done));
  return work;
}

/// One pass that reads prompts and decodes; false, and nothing done, if there is none to read.
bool Replica::read_prompts() {
  if (reading_.empty() && (waiting_.empty() || free_.empty())) return false;
  if (decoding_ > 0) make_room();
  const double budget = model_->limits().max_num_batched_tokens - decoding_;
  const PromptWork work = read_parts(std::max(budget, 1.0));
  if (work.prompts == 0) return false;
  double seconds = model_->prompts(work, decoding_ == 0);
  if (decoding_ > 0) {
    seconds += model_->decode(decoding_, seen_);
    for (std::size_t r = 0; r < of_route_.size(); ++r) {
      (*routes_)[r].gaps(clock_, seconds, seconds, of_route_[r]);
    }
  }
  ++counts_.passes;
  pass_time(seconds, blocks_);
  tokens_out(1);
  for (const std::uint32_t slot : read_) begin_decoding(slot);
  finish_due();
  return true;
}

void Replica::begin_decoding(std::uint32_t slot) {
  Sequence& s = slots_[slot];
  if (s.at.first_token < 0.0) s.at.first_token = clock_;
  ++s.at.produced;
  s.began = steps_;
  s.decoding = true;
  ++decoding_;
  ++of_route_[s.at.request.route];
  s.context += 1;  // the token that is fed next takes its place
  const std::uint64_t left = s.at.request.output - s.at.produced;
  push(ends_, Due{steps_ + left, slot, s.generation});
  s.beyond = s.context > model_->window();
  seen_ += model_->seen(s.context);
  seen_growth_ += model_->seen_slope(s.beyond);
  ++(s.beyond ? far_ : near_)[phase_of(s)];
  if (!s.beyond && s.context + left > model_->window()) {
    push(crossings_, Due{steps_ + (model_->window() - s.context) + 1, slot, s.generation});
  }
}

// ---------------------------------------------------------------------------------------------
// Decode steps

/// The step, modulo a block, at the end of which the sequence's context begins a block.
std::size_t Replica::phase_of(const Sequence& s) const {
  const std::uint64_t block = near_.size();
  // context(step) = context + step - began; it begins a block where that is 1 modulo the block.
  return static_cast<std::size_t>((s.began + block + 1 - s.context % block) % block);
}

/// Blocks that `steps` more decode steps take.
double Replica::growth(std::uint64_t steps) const {
  const std::uint64_t block = near_.size();
  const std::uint64_t whole = steps / block;
  double near = 0.0;
  double far = 0.0;
  if (whole > 0) {
    for (std::size_t p = 0; p < block; ++p) {
      near += near_[p];
      far += far_[p];
    }
    near *= static_cast<double>(whole);
    far *= static_cast<double>(whole);
  }
  for (std::uint64_t step = 1; step <= steps % block; ++step) {
    const auto p = static_cast<std::size_t>((steps_ + step) % block);
    near += near_[p];
    far += far_[p];
  }
  return near + model_->block_beyond() * far;
}

/// Seconds of so many decode steps of what decodes now.
double Replica::decode_time(std::uint64_t steps) const {
  const auto k = static_cast<double>(steps);
  const double per_seen = model_->per_seen(decoding_);
  const double first = model_->base(decoding_) + per_seen * seen_;
  if (first < model_->floor()) return k * model_->floor();  // leap_length ends where it is passed
  return k * first + per_seen * seen_growth_ * 0.5 * k * (k - 1.0);
}

/// The least number of steps after which the clock is at `until` or later; at most `most`.
std::uint64_t Replica::steps_until(double until, std::uint64_t most) const {
  const double left = until - clock_;
  const double per_seen = model_->per_seen(decoding_);
  double first = model_->base(decoding_) + per_seen * seen_;
  double curve = 0.5 * per_seen * seen_growth_;
  if (first < model_->floor()) {
    first = model_->floor();
    curve = 0.0;
  }
  // curve k^2 + (first - curve) k = left, in the form that does not cancel.
  const double linear = first - curve;
  const double root = 2.0 * left / (linear + std::sqrt(linear * linear + 4.0 * curve * left));
  if (!(root < static_cast<double>(most))) return most;
  auto k = static_cast<std::uint64_t>(std::max(1.0, std::ceil(root)));
  while (k > 1 && clock_ + decode_time(k - 1) >= until) --k;
  while (k < most && clock_ + decode_time(k) < until) ++k;
  return std::min(k, most);
}

/// How many decode steps are alike: to the next end, the window's edge, a full cache, `until`.
std::uint64_t Replica::leap_length(double until) const {
  std::uint64_t k = kNoEnd;
  for (const auto* heap : {&ends_, &crossings_}) {
    if (!heap->empty()) k = std::min(k, heap->front().step - steps_);
  }
  assert(k > 0 && k != kNoEnd);
  const double per_seen = model_->per_seen(decoding_);
  const double below = model_->floor() - model_->base(decoding_) - per_seen * seen_;
  if (below > 0.0 && per_seen * seen_growth_ > 0.0) {
    const double steps = std::ceil(below / (per_seen * seen_growth_));
    if (steps < static_cast<double>(k))
      k = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(steps));
  }
  const double room = model_->capacity_blocks() + kBlockNoise - blocks_;
  const auto block = static_cast<double>(near_.size());
  if (decoding_ * std::ceil(static_cast<double>(k) / block) > room) {
    std::uint64_t low = 1;  // make_room() saw to the first
    std::uint64_t high = k;
    while (low < high) {
      const std::uint64_t middle = low + (high - low + 1) / 2;
      if (growth(middle) <= room)
        low = middle;
      else
        high = middle - 1;
    }
    k = low;
  }
  return steps_until(until, k);
}

void Replica::leap(double until) {
  make_room();
  const std::uint64_t k = leap_length(until);
  const double first = model_->decode(decoding_, seen_);
  const double last = model_->decode(decoding_, seen_ + seen_growth_ * static_cast<double>(k - 1));
  for (std::size_t r = 0; r < of_route_.size(); ++r) {
    (*routes_)[r].gaps(clock_, first, last, of_route_[r] * k);
  }
  ++counts_.leaps;
  const double before = blocks_;
  const double seconds = decode_time(k);
  tokens_out(k);
  pass_time(seconds, 0.5 * (before + blocks_));
  finish_due();
}

/// The decoding sequences have `steps` tokens more.
void Replica::tokens_out(std::uint64_t steps) {
  blocks_ += decoding_ > 0 ? growth(steps) : 0.0;
  seen_ += seen_growth_ * static_cast<double>(steps);
  steps_ += steps;
  counts_.steps += steps;
  cross_window();
}

void Replica::pass_time(double seconds, double blocks) {
  const double end = clock_ + seconds;
  timeline_->add(clock_, end, static_cast<double>(running_), static_cast<double>(waiting_.size()),
                 blocks / std::max(1.0, model_->capacity_blocks()));
  clock_ = end;
}

void Replica::cross_window() {
  while (!crossings_.empty() && crossings_.front().step <= steps_) {
    const Due due = crossings_.front();
    pop(crossings_);
    Sequence& s = slots_[due.slot];
    if (s.generation != due.generation || !s.decoding || s.beyond) continue;
    s.beyond = true;
    seen_ += model_->seen(context_now(s)) - context_now(s);
    seen_growth_ += model_->seen_slope(true) - 1.0;
    const std::size_t p = phase_of(s);
    --near_[p];
    ++far_[p];
    // The block that this step began lies beyond the window already.
    blocks_ += model_->block_beyond() - 1.0;
  }
}

void Replica::finish_due() {
  while (!ends_.empty() && ends_.front().step <= steps_) {
    const Due due = ends_.front();
    pop(ends_);
    Sequence& s = slots_[due.slot];
    if (s.generation != due.generation) continue;
    const SimulatedRequest& request = s.at.request;
    const double admission = model_->admission_s();
    (*routes_)[request.route].finished(request.arrival, s.at.first_token + admission,
                                       clock_ + admission, request.output);
    ++counts_.served;
    release(due.slot);
  }
}

// ---------------------------------------------------------------------------------------------
// The cache

/// Another step must fit: the request admitted last gives way, as long as there are two.
void Replica::make_room() {
  while (running_ > 1 && blocks_ + growth(1) > model_->capacity_blocks() + kBlockNoise) {
    preempt_last();
  }
}

void Replica::preempt_last() {
  std::uint32_t last = 0;
  std::uint64_t latest = 0;
  for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
    const Sequence& s = slots_[slot];
    if (s.admitted > latest) {
      latest = s.admitted;
      last = slot;
    }
  }
  Sequence& s = slots_[last];
  ++counts_.preempted;
  Waiting again = s.at;
  if (s.decoding) again.produced += static_cast<std::uint32_t>(steps_ - s.began);
  waiting_.push_front(again);
  reading_.erase(std::remove(reading_.begin(), reading_.end(), last), reading_.end());
  release(last);
}

void Replica::stop_decoding(Sequence& s) {
  const std::uint32_t context = context_now(s);
  seen_ -= s.beyond ? model_->seen(context) : context;
  seen_growth_ -= model_->seen_slope(s.beyond);
  --(s.beyond ? far_ : near_)[phase_of(s)];
  --of_route_[s.at.request.route];
  --decoding_;
  s.context = context;
  s.decoding = false;
  if (decoding_ == 0) {  // sums of parts do not drift
    seen_ = 0.0;
    seen_growth_ = 0.0;
  }
}

void Replica::release(std::uint32_t slot) {
  Sequence& s = slots_[slot];
  std::uint32_t held = s.context + 1;  // a prompt's blocks and one token more
  if (s.decoding) {
    stop_decoding(s);
    held = s.context;
  }
  blocks_ -= model_->blocks(held);
  ++s.generation;
  s.admitted = 0;
  --running_;
  if (running_ == 0) blocks_ = 0.0;
  free_.push_back(slot);
}

std::uint64_t Replica::held_of(std::uint32_t route) const {
  std::uint64_t held = 0;
  for (const Sequence& s : slots_) held += s.admitted > 0 && s.at.request.route == route ? 1U : 0U;
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    held += waiting_[i].request.route == route ? 1U : 0U;
  }
  return held;
}

void Replica::evict(double time, std::vector<SimulatedRequest>& requests) {
  const std::size_t before = requests.size();
  for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
    if (slots_[slot].admitted == 0) continue;
    requests.push_back(slots_[slot].at.request);
    release(slot);
  }
  for (std::size_t i = 0; i < waiting_.size(); ++i) requests.push_back(waiting_[i].request);
  waiting_.clear();
  reading_.clear();
  ends_.clear();
  crossings_.clear();
  std::sort(
      requests.begin() + static_cast<std::ptrdiff_t>(before), requests.end(),
      [](const SimulatedRequest& a, const SimulatedRequest& b) { return a.arrival < b.arrival; });
  counts_.accepted -= requests.size() - before;
  clock_ = std::max(clock_, time);
}

}  // namespace berth
