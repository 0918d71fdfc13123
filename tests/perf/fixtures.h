#pragma once
// Small made-up models, GPUs and engines whose terms can be computed by hand, and the built-in
// catalog.

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "berth/catalog/catalog.h"
#include "berth/perf/phase_model.h"

namespace berth::testing {

/// D = 1e9 parameters in 10 layers, 1e7 in the head and 1e7 in the embedding; H = 1000, 8 heads of
/// 100, 2 key-value heads, 8000 cache bytes/token.
inline ModelSpec round_model() {
  ModelSpec model;
  model.name = "round";
  model.parameters = model.active_parameters = 1.02e9;
  model.layers = 10;
  model.hidden = 1000;
  model.heads = 8;
  model.kv_heads = 2;
  model.head_dim = 100;
  model.vocabulary = 10000;
  model.max_context = 100000;
  model.attention = AttentionKind::kGqa;
  model.kv_bytes_per_token = 2.0 * 10 * 2 * 100 * 2;
  model.precisions = {Precision::kBf16, Precision::kFp8, Precision::kInt8, Precision::kInt4,
                      Precision::kFp4};
  return model;
}

/// The same with 8 experts, 2 active, that hold 8/10 of the layers' parameters: D = 2e8, P_e = 8e8.
inline ModelSpec round_mixture() {
  ModelSpec model = round_model();
  model.name = "round-mixture";
  model.experts = MixtureOfExperts{8, 2, 8e8, 10};
  model.active_parameters = 2.2e8 + 2e8;
  return model;
}

/// 1 TB/s, 100 TFLOP/s, 16 GB; every efficiency a round number.
inline GpuType round_gpu() {
  GpuType gpu;
  gpu.name = "round-gpu";
  gpu.vendor = "nvidia";
  gpu.architecture = "hopper";
  gpu.memory_bytes = 16e9;
  gpu.bandwidth_bytes_per_s = 1e12;
  gpu.peak_flops = {100e12, 200e12, 0.0, 0.0, 0.0};
  gpu.gpus_per_node = 4;
  gpu.fast_domain = 4;
  gpu.link_bytes_per_s = 1e11;
  GpuEfficiency& e = gpu.efficiency;
  e.compute = 0.8;
  e.compute_8bit = 0.75;
  e.compute_4bit = 0.5;
  e.compute_half_tokens = 50.0;
  e.attention = 0.5;
  e.weights = 0.8;
  e.weights_8bit = 0.5;
  e.weights_4bit = 0.25;
  e.kv_cache = 0.4;
  e.kv_cache_8bit = 0.75;
  e.exposed_16bit = 0.25;
  e.exposed_8bit = 0.5;
  e.exposed_experts = 0.5;
  e.expert_compute = 0.125;
  e.coarse_expert_compute = 0.5;
  e.expert_weights = 0.5;
  e.expert_weights_fp4 = 1.5;
  e.expert_weights_int4 = 0.5;
  e.all_reduce = {{2, {1e-6, 1e10}, {1e-5, 1e11}}, {4, {2e-6, 1e10}, {2e-5, 1e11}}};
  e.hand_over_in_node = {5e-6, 1e11};
  e.hand_over_between_nodes = {50e-6, 1e10};
  return gpu;
}

/// 1 ms a step, 10 us a layer, 1 us a sequence; half of what can be shared is; a quarter of the
/// others' prompts come first; 10 ms of admission and one step until a token is out.
inline EngineProfile make_round_engine() {
  EngineProfile engine;
  engine.name = "round-engine";
  engine.step_s = 1e-3;
  engine.layer_s = 1e-5;
  engine.sequence_s = 1e-6;
  engine.prefill_layer_s = 2e-6;
  engine.mixing = 0.5;
  engine.prefill_ahead = 0.25;
  engine.admission_s = 10e-3;
  engine.stream_steps = 2.0;
  return engine;
}
inline const EngineProfile& round_engine() {
  static const EngineProfile engine = make_round_engine();
  return engine;
}

/// With the round engine.
inline Deployment deploy(const ModelSpec& model, const GpuType& gpu, int n = 1, int m = 1,
                         Precision precision = Precision::kBf16) {
  Deployment deployment;
  deployment.model = &model;
  deployment.gpu = &gpu;
  deployment.engine = &round_engine();
  deployment.precision = precision;
  deployment.tensor_parallel = n;
  deployment.pipeline_parallel = m;
  return deployment;
}

inline const Catalog& builtin_catalog() {
  static const Result<Catalog> catalog = load_builtin_catalog();
  EXPECT_TRUE(catalog.ok());
  return *catalog;
}

/// Of the built-in catalog, by names.
inline Deployment deploy_builtin(const char* model, const char* gpu, int n = 1, int m = 1,
                                 Precision precision = Precision::kBf16,
                                 const char* engine = "vllm") {
  const Catalog& catalog = builtin_catalog();
  Deployment deployment = deploy(catalog.model(*catalog.find_model(model)),
                                 catalog.gpu(*catalog.find_gpu(gpu)), n, m, precision);
  deployment.engine = catalog.find_engine(engine, *deployment.gpu);
  EXPECT_NE(deployment.engine, nullptr) << engine << " on " << gpu;
  return deployment;
}

/// What the catalog knows of engines for such GPUs, one profile a name.
inline std::vector<const EngineProfile*> builtin_engines(const GpuType& gpu) {
  std::vector<const EngineProfile*> engines;
  for (const std::string& name : builtin_catalog().engine_names()) {
    const EngineProfile* engine = builtin_catalog().find_engine(name, gpu);
    if (engine != nullptr) engines.push_back(engine);
  }
  return engines;
}

/// Copies of the attention that are tried: of mixtures alone.
inline std::vector<int> ranks_tried(const ModelSpec& model) {
  return model.is_moe() ? std::vector<int>{1, 4} : std::vector<int>{1};
}

/// Calls visit(Deployment) for every model, GPU, precision and parallelism of the built-in catalog
/// that can exist. Engines and formats of the cache take turns.
template <class Visit>
void for_each_builtin_deployment(Visit visit) {
  std::size_t turn = 0;
  for (const GpuType& gpu : builtin_catalog().gpus()) {
    const std::vector<const EngineProfile*> engines = builtin_engines(gpu);
    for (const ModelSpec& model : builtin_catalog().models()) {
      for (const Precision precision : model.precisions) {
        for (const int n : {1, 2, 4, 8}) {
          for (const int m : {1, 2, 4}) {
            for (const int ranks : ranks_tried(model)) {
              Deployment deployment = deploy(model, gpu, n, m, precision);
              deployment.data_parallel = ranks;
              deployment.engine = engines[turn % engines.size()];
              deployment.cache = turn % 3 == 0 ? CacheFormat::k8Bit : CacheFormat::k16Bit;
              if (check_shape(deployment)) continue;
              ++turn;
              visit(deployment);
            }
          }
        }
      }
    }
  }
}

/// For messages.
inline std::string name_of(const Deployment& d) {
  return d.model->name + " " + std::string(to_string(d.precision)) + " on " + d.gpu->name + " tp" +
         std::to_string(d.tensor_parallel) + " dp" + std::to_string(d.data_parallel) + " pp" +
         std::to_string(d.pipeline_parallel) + " " + d.engine->name + "@" + d.engine->on +
         " cache " + std::string(to_string(d.cache));
}

}  // namespace berth::testing
