// The engine and the format of the cache that a fleet's policy asks for.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/fleet/fleet.h"
#include "berth/fleet/write_fleet.h"

namespace berth {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kHead = "format: berth.fleet/1\n";
constexpr std::string_view kClass =
    "classes: [{name: chat, rate: 1, prompt_tokens: 100, output_tokens: 10}]\n";
constexpr std::string_view kPools = R"(pools:
  - {name: a, gpu: h100-sxm, offers: [{name: own, lot: 8, cost: 1}]}
  - {name: b, gpu: h200-sxm, offers: [{name: own, lot: 8, cost: 1}]}
  - {name: c, gpu: mi300x, offers: [{name: own, lot: 8, cost: 1}]}
)";

Result<Fleet> parse(std::string_view policy) {
  return parse_fleet("t.yaml",
                     std::string(kHead) + std::string(kPools) + std::string(kClass) +
                         "policy: " + std::string(policy) + "\n",
                     BERTH_SOURCE_DIR);
}

Fleet good(std::string_view policy) {
  Result<Fleet> fleet = parse(policy);
  if (fleet) return *std::move(fleet);
  for (const Error& error : fleet.errors()) ADD_FAILURE() << to_string(error);
  return {};
}

std::string engine_of(const Fleet& fleet, std::size_t pool) {
  const EngineProfile& engine = fleet.catalog.engines()[fleet.pools[pool].engine];
  return engine.name + "@" + engine.on;
}

TEST(FleetEngine, EachPoolHasThePolicysEngineOnItsGpu) {
  const Fleet plain = good("{headroom: 0.1}");
  for (std::size_t pool = 0; pool < 3; ++pool) EXPECT_EQ(engine_of(plain, pool), "vllm@");
  const Fleet sglang = good("{engine: SGLang-0.5.9}");
  EXPECT_EQ(engine_of(sglang, 0), "sglang@");
  EXPECT_EQ(engine_of(sglang, 1), "sglang@");
  EXPECT_EQ(engine_of(sglang, 2), "sglang@amd");
  const Fleet old = good("{engine: vllm-2024}");
  EXPECT_EQ(engine_of(old, 0), "vllm-2024@");
  EXPECT_EQ(engine_of(old, 2), "vllm-2024@cdna3");
}

TEST(FleetEngine, FormatsOfTheCache) {
  for (const char* format : {"auto", "fp16", "bf16"}) {
    EXPECT_EQ(good(std::string("{kv_cache: ") + format + "}").policy.kv_cache, CacheFormat::k16Bit)
        << format;
  }
  for (const char* format : {"fp8", "int8"}) {
    EXPECT_EQ(good(std::string("{kv_cache: ") + format + "}").policy.kv_cache, CacheFormat::k8Bit)
        << format;
  }
}

TEST(FleetEngine, AnEngineThatSomeGpusLackIsNamedOnce) {
  const Result<Fleet> fleet = parse("{engine: atom}");
  ASSERT_FALSE(fleet.ok());
  ASSERT_EQ(fleet.errors().size(), 1U);
  EXPECT_EQ(fleet.errors()[0].code, ErrorCode::kUnknownName);
  EXPECT_THAT(fleet.errors()[0].message,
              HasSubstr("'atom' has no coefficients for h100-sxm, h200-sxm"));
  EXPECT_THAT(fleet.errors()[0].where, HasSubstr("/policy/engine"));
}

TEST(FleetEngine, WhatIsWrittenReadsBack) {
  const Fleet fleet = good("{engine: sglang, kv_cache: fp8}");
  const std::vector<std::string> catalogs = {"builtin"};
  const std::string text = to_yaml(fleet, catalogs);
  EXPECT_THAT(text, HasSubstr("engine: sglang"));
  EXPECT_THAT(text, HasSubstr("kv_cache: fp8"));
  const Result<Fleet> again = parse_fleet("again.yaml", text, BERTH_SOURCE_DIR);
  ASSERT_TRUE(again.ok()) << to_string(again.errors()[0]);
  EXPECT_EQ(again->policy.engine, "sglang");
  EXPECT_EQ(again->policy.kv_cache, CacheFormat::k8Bit);
  EXPECT_EQ(engine_of(*again, 2), "sglang@amd");
}

}  // namespace
}  // namespace berth
