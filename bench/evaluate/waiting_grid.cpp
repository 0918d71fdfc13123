// Draft: TTFT and TPOT at percentiles, simulated beside the formula.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <vector>

#include "berth/core/random.h"
#include "berth/evaluate/simulation/replica.h"
#include "berth/fleet/fleet.h"
#include "berth/perf/queueing.h"
#include "berth/workload/lengths.h"

using namespace berth;

struct Setup {
  const char* name;
  const char* model;
  const char* gpu;
  int tp;
  double h, hs, f, fs;
  std::vector<int> slots;
};

static double at(std::vector<double>& v, double p) {
  if (v.empty()) return 0;
  const auto k = static_cast<std::ptrdiff_t>(p * static_cast<double>(v.size() - 1));
  std::nth_element(v.begin(), v.begin() + k, v.end());
  return v[static_cast<std::size_t>(k)];
}

int main() {
  const Result<Fleet> fleet = read_fleet(std::string(BERTH_SOURCE_DIR) + "/data/fleets/demo.yaml");
  if (!fleet) return 70;
  const Catalog& catalog = fleet->catalog;
  const std::vector<Setup> setups = {
      {"chat-8b", "llama-3.1-8b", "h100-sxm", 1, 1000, 1000, 250, 200, {8, 32, 128}},
      {"code-7b", "qwen2.5-7b", "l40s", 1, 2050, 2000, 28, 60, {4, 16, 64}},
      {"azchat-8b", "llama-3.1-8b", "l40s", 1, 1155, 1100, 211, 160, {8, 32, 64}},
      {"chat-70b", "llama-3.3-70b", "h100-sxm", 4, 1500, 1500, 300, 250, {16, 64}},
      {"reason-8b", "llama-3.1-8b", "h100-sxm", 1, 500, 400, 2000, 1500, {32, 128}},
      {"rag-moe", "qwen3-30b-a3b", "h100-sxm", 1, 4000, 2500, 150, 100, {8, 32}},
  };
  std::printf(
      "setup,c,rho,ca2,h,hcv2,f,fcv2,S,Sb1,Tdec,Tdec1,Pmix,Palone,Palone95,adm,first,Tit,invf,"
      "n,running,ttft50,ttft95,ttft99,ttftmean,tpotmean,tpot50,tpot95,tpot99,old95,tpotreq95\n");
  for (const Setup& s : setups) {
    Deployment d;
    d.model = &catalog.model(*catalog.find_model(s.model));
    d.gpu = &catalog.gpu(*catalog.find_gpu(s.gpu));
    d.engine = catalog.find_engine("vllm", *d.gpu);
    d.tensor_parallel = s.tp;
    const LengthDistribution hd = LengthDistribution::from_moments(s.h, s.hs);
    const LengthDistribution fd = LengthDistribution::from_moments(s.f, s.fs);
    for (int c : s.slots) {
      d.max_num_seqs = c;
      if (check_shape(d)) {
        std::fprintf(stderr, "%s shape\n", s.name);
        continue;
      }
      const PhaseModel ph(d);
      const double h = hd.mean(), f = fd.mean();
      if (ph.max_batch_for_memory(h, f) < c) {
        std::fprintf(stderr, "%s %d memory %g\n", s.name, c, ph.max_batch_for_memory(h, f));
        continue;
      }
      EngineLimits limits;
      limits.max_num_seqs = c;
      const StepModel steps(d, limits);
      const PromptTime prompt = ph.prompt_time(h);
      const double fctx = f * (1.0 + fd.squared_variation());
      Iteration it = ph.iteration_with(prompt.mixed, h, fctx);
      it.prefill_slope *= fctx / f;
      const double Tdec = it.decode_seconds(c), Tdec1 = it.decode_seconds(1);
      const double S = ph.service_seconds(prompt, Tdec, c, f);
      const double S1 = ph.service_seconds(prompt, Tdec1, 1, f);
      double invf = 0;
      const int K = 2000;
      int used = 0;
      for (int k = 0; k < K; ++k) {
        double q = std::ceil(fd.quantile((k + 0.5) / K));
        if (q > 1) {
          invf += 1 / (q - 1);
          ++used;
        }
      }
      invf /= used;
      for (double ca2 : {1.0, 2.0, 4.0, 8.0})
        for (double rho : {0.3, 0.5, 0.7, 0.8, 0.9}) {
          const double rate = rho * c / S;
          std::vector<FinishedRequest> log;
          std::vector<RouteRecorder> routes;
          routes.emplace_back(LatencyLimits{}, MeasuredTime{});
          routes.front().log_to(&log);
          OccupancyTimeline timeline{MeasuredTime{}};
          Replica replica(steps, routes, timeline, 1000000);
          Random random(7);
          double time = 0;
          const std::size_t N = 200000;
          for (std::size_t k = 0; k < N; ++k) {
            time += (ca2 == 1 ? random.exponential() : random.gamma(1 / ca2) * ca2) / rate;
            SimulatedRequest r;
            r.arrival = time;
            r.prompt =
                std::max(1u, static_cast<unsigned>(std::ceil(hd.quantile(random.uniform()))));
            r.output =
                std::max(1u, static_cast<unsigned>(std::ceil(fd.quantile(random.uniform()))));
            replica.advance(time);
            replica.submit(r, time);
          }
          replica.advance(1e18);
          std::vector<double> ttft, tpot;
          double tm = 0, pm = 0;
          std::size_t within = 0;
          for (const auto& r : log) {
            ttft.push_back(r.first_token - r.arrival);
            tm += ttft.back();
            if (r.output > 1) {
              tpot.push_back((r.end - r.first_token) / (r.output - 1));
              pm += tpot.back();
            }
          }
          (void)within;
          const double adm = d.engine->admission_s;
          const double palone95 = ph.prefill_seconds(hd.quantile(0.95));
          const double first = ph.first_token_seconds(prompt, Tdec, c, f) - prompt.alone;
          const double dec = S - prompt.alone;
          const double cs2 = (dec * dec * fd.squared_variation() +
                              prompt.alone * prompt.alone * hd.squared_variation()) /
                             (S * S);
          const double v = 0.5 * (ca2 + cs2);
          const double C = erlang_c(c, rho);
          const double w = C <= 0.05 ? 0 : std::log(C / 0.05) * v * S / (c * (1 - rho));
          const Occupancy all = timeline.total();
          std::printf(
              "%s,%d,%g,%g,%g,%g,%g,%g,%g,%g,%g,%g,%g,%g,%g,%g,%g,%g,%g,%zu,%g,%g,%g,%g,%g,%g,%g,%"
              "g,%g,%g,%g\n",
              s.name, c, rho, ca2, h, hd.squared_variation(), f, fd.squared_variation(), S, S1,
              Tdec, Tdec1, prompt.mixed, prompt.alone, palone95, adm, first, it.seconds(c), invf, N,
              all.running / replica.clock(), at(ttft, .5), at(ttft, .95), at(ttft, .99),
              tm / static_cast<double>(log.size()), pm / static_cast<double>(tpot.size()),
              at(tpot, .5), at(tpot, .95), at(tpot, .99), w + adm + palone95 + first, 0.0);
        }
    }
  }
}
