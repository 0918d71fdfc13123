#include "tests/catalog/sample_catalog.h"

#include <gtest/gtest.h>

namespace berth::testing {

namespace {

constexpr std::string_view kSample = R"(format: berth.catalog/1
sources:
  sheet: {text: a data sheet, date: 2026-01-31, verified: true}
gpus:
  - name: h1
    aliases: [H-One]
    vendor: acme
    architecture: hop
    memory: 80GiB
    bandwidth: 3000GB
    peak_tflops: {bf16: 1000, fp8: 2000}
    gpus_per_node: 8
    fast_domain: 4
    link: wire
    link_bandwidth: 450GB
    power: 700
    source: sheet
efficiencies:
  - gpu: h1
    source: sheet
    compute: 0.7
    compute_half_tokens: 60
    attention: 0.5
    weights: 0.8
    kv_cache: 0.75
    all_reduce:
      - {gpus: 2, small: {latency: 4us, bandwidth: 200GB}, large: {latency: 5us, bandwidth: 250GB}}
      - {gpus: 4, small: {latency: 5us, bandwidth: 200GB}, large: {latency: 6us, bandwidth: 250GB}}
    hand_over_in_node: {latency: 8us, bandwidth: 361GB}
    hand_over_between_nodes: {latency: 19us, bandwidth: 36GB}
architectures:
  - name: chip
    source: sheet
    watts_per_tflops: 0.5
    compute: 0.6
    attention: 0.4
    weights: 0.77
    kv_cache: 0.65
    spread: {compute: 0.1}
    confidence: {weights: 0.02}
    measured: [c1]
    rows: 120
  - {name: chip-2, like: chip, kv_cache: 0.55, source: sheet}
engines:
  - name: runner
    source: sheet
    aliases: [sprinter]
    step: 460us
    layer: 46us
    sequence: 38us
    mixing: 0.5
  - {name: runner, on: acme, like: runner, layer: 30us, source: sheet}
precision_penalty: {bf16: 0, fp8: 0.002, int8: 0.01, int4: 0.012, fp4: 0.015, source: sheet}
models:
  - name: m1
    aliases: [acme/M-One]
    parameters: 8e9
    layers: 32
    hidden: 4096
    heads: 32
    kv_heads: 8
    head_dim: 128
    vocabulary: 128256
    max_context: 131072
    attention: gqa
    precisions: [bf16, fp8]
    quality: {general: 0.69, chat: 0.8}
    source: sheet
  - name: x1
    parameters: 47e9
    active_parameters: 13e9
    layers: 32
    hidden: 4096
    heads: 32
    kv_heads: 1
    head_dim: 160
    vocabulary: 32000
    max_context: 32768
    attention: mla
    kv_bytes_per_token: 36864
    latent: {values: 512, position: 64}
    experts: {count: 8, active: 2, parameters: 45e9, layers: 30}
    window: {tokens: 1024, layer_share: 0.5}
    precisions: [fp8]
    quality: {general: {score: 0.7, source: sheet}}
    source: sheet
offers:
  - {cloud: acme, region: moon, instance: big, gpu: H-One, lot: 8, on_demand: 20.5, spot: 7, source: sheet}
)";

}  // namespace

std::string sample_catalog() { return std::string(kSample); }

std::string with(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << "not in the sample: " << from;
  if (at == std::string::npos) return text;
  EXPECT_EQ(text.find(from, at + 1), std::string::npos) << "more than once in the sample: " << from;
  return text.replace(at, from.size(), to);
}

Result<Catalog> load(const std::vector<std::string>& texts) {
  std::vector<Document> documents;
  char letter = 'a';
  for (const std::string& text : texts) {
    auto document = parse_yaml(std::string(1, letter++) + ".yaml", text);
    if (!document) return document.errors();
    documents.push_back(std::move(document).value());
  }
  return load_catalog(documents);
}

std::string lines_of(const Errors& errors) {
  std::string lines;
  for (const Error& error : errors) lines += to_string(error) + "\n";
  return lines;
}

}  // namespace berth::testing
