// Every known format, plain and packed, with the quirks real files have.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workload/trace_files.h"

namespace berth {
namespace {

using test::describe;
using test::read_whole;
using test::TemporaryDirectory;
using test::WholeTrace;
using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kAzure =
    "TIMESTAMP,ContextTokens,GeneratedTokens\n"
    "2023-11-16 18:17:03.9799600,4808,10\n"
    "2023-11-16 18:17:04.0319600,3180,8\n"
    "2023-11-16 18:18:03.9799600,110,27\n";

class TraceFormats : public ::testing::Test {
 protected:
  WholeTrace read(std::string_view content, const TraceOptions& options = {}) const {
    WholeTrace whole = read_whole(directory_.write("trace", content), options);
    EXPECT_THAT(whole.errors, IsEmpty()) << describe(whole.errors);
    return whole;
  }
  static TraceOptions mapped(const std::vector<std::string>& entries) {
    TraceOptions options;
    Result<ColumnMap> map = parse_column_map(entries);
    EXPECT_TRUE(map.ok());
    if (map) options.map = *map;
    return options;
  }
  TemporaryDirectory directory_;
};

void expect_azure_rows(const WholeTrace& trace) {
  EXPECT_THAT(trace.rows.prompt, ElementsAre(4808, 3180, 110));
  EXPECT_THAT(trace.rows.output, ElementsAre(10, 8, 27));
  ASSERT_EQ(trace.rows.size(), 3U);
  EXPECT_EQ(trace.rows.time_s[0], 0);
  EXPECT_NEAR(trace.rows.time_s[1], 0.052, 1e-12);
  EXPECT_EQ(trace.rows.time_s[2], 60);
}

TEST_F(TraceFormats, Azure) {
  const WholeTrace trace = read(kAzure);
  EXPECT_EQ(trace.format, "azure");
  EXPECT_EQ(trace.compression, "");
  expect_azure_rows(trace);
  EXPECT_EQ(trace.counts.rows, 3U);
  EXPECT_EQ(trace.counts.bytes, kAzure.size());
  EXPECT_EQ(trace.origin_ns, 1700158623979960000);
}

TEST_F(TraceFormats, AzureWithIsoOffsets) {
  const WholeTrace trace = read(
      "TIMESTAMP,ContextTokens,GeneratedTokens\n"
      "2023-11-16T18:17:03.979960+00:00,4808,10\n"
      "2023-11-16T18:17:04.031960Z,3180,8\n"
      "2023-11-16T20:18:03.979960+02:00,110,27\n");
  expect_azure_rows(trace);
}

TEST_F(TraceFormats, Quirks) {
  std::string crlf(kAzure);
  for (std::size_t at = 0; (at = crlf.find('\n', at)) != std::string::npos; at += 2)
    crlf.insert(at, "\r");
  expect_azure_rows(read(crlf));
  expect_azure_rows(read("\xEF\xBB\xBF" + std::string(kAzure)));
  expect_azure_rows(read(kAzure.substr(0, kAzure.size() - 1)));
  expect_azure_rows(read(crlf.substr(0, crlf.size() - 2)));
  expect_azure_rows(read("\n\n" + std::string(kAzure) + "\n \n\n"));
  expect_azure_rows(
      read("\"TIMESTAMP\",\"ContextTokens\",\"GeneratedTokens\"\n\n"
           "\"2023-11-16 18:17:03.9799600\",\"4808\",\"10\"\n"
           "2023-11-16 18:17:04.0319600, 3180 ,8\n\r\n"
           "2023-11-16 18:18:03.9799600,110.0,27\n"));
}

TEST_F(TraceFormats, Packed) {
  for (const std::string& packed : {test::gzip(kAzure), test::zstd(kAzure)}) {
    const WholeTrace trace = read(packed);
    expect_azure_rows(trace);
    EXPECT_EQ(trace.compression, packed[0] == '\x1F' ? "gzip" : "zstd");
    EXPECT_EQ(trace.counts.bytes, kAzure.size());
  }
}

TEST_F(TraceFormats, PackedInSeveralPieces) {
  const std::string_view head = kAzure.substr(0, 60);
  const std::string_view tail = kAzure.substr(60);
  expect_azure_rows(read(test::gzip(head) + test::gzip(tail)));
  expect_azure_rows(read(test::zstd(head) + test::zstd(tail)));
}

TEST_F(TraceFormats, TheNameDoesNotMatter) {
  const WholeTrace trace = read_whole(directory_.write("trace.jsonl.zst", test::gzip(kAzure)));
  expect_azure_rows(trace);
}

TEST_F(TraceFormats, AzureMultimodal) {
  const WholeTrace trace = read(
      "TIMESTAMP,NumImages,ContextTokens,GeneratedTokens\n"
      "2025-01-01 00:00:00.0000000,2,1000,10\n"
      "2025-01-01 00:00:01.0000000,0,500,20\n");
  EXPECT_EQ(trace.format, "azure-multimodal");
  EXPECT_THAT(trace.rows.images, ElementsAre(2, 0));
  EXPECT_THAT(trace.rows.prompt, ElementsAre(1000, 500));
}

TEST_F(TraceFormats, BurstGptInBothForms) {
  const WholeTrace six = read(
      "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
      "5,ChatGPT,472,18,490,Conversation log\n"
      "45,ChatGPT,1087,0,1087,Conversation log\n"
      "118,GPT-4,417,276,693,API log\n");
  EXPECT_EQ(six.format, "burstgpt");
  EXPECT_THAT(six.rows.time_s, ElementsAre(0, 113));
  EXPECT_THAT(six.rows.prompt, ElementsAre(472, 417));
  EXPECT_THAT(six.rows.output, ElementsAre(18, 276));
  EXPECT_EQ(six.counts.rows, 2U);
  EXPECT_EQ(six.counts.failed, 1U);
  EXPECT_TRUE(six.rows.label.empty());
  const std::string eight =
      "Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log "
      "Type\n"
      "5.0,7,1.5,ChatGPT,472,18,490,Conversation log\n"
      "45.25,,,GPT-4,1087,4,1091,\"a \"\"log\"\", quoted\"\n";
  EXPECT_THAT(read(eight).rows.time_s, ElementsAre(0, 40.25));
  const WholeTrace by_model = read(eight, mapped({"class=Model"}));
  EXPECT_THAT(by_model.labels, ElementsAre("ChatGPT", "GPT-4"));
  EXPECT_THAT(by_model.rows.label, ElementsAre(0, 1));
}

TEST_F(TraceFormats, MooncakeCountsReusedPrefixes) {
  const WholeTrace trace = read(
      R"({"timestamp": 0, "input_length": 1100, "output_length": 5, "hash_ids": [0, 1, 2]})"
      "\n"
      R"({"timestamp": 3000, "input_length": 1400, "output_length": 6, "hash_ids": [0, 1, 3]})"
      "\n"
      R"({"hash_ids":[0,1,3],"output_length":7,"input_length":1300,"timestamp":4500.5,"more":{"x":[1,"}"]}})"
      "\n"
      R"({"timestamp": 4501, "input_length": 100, "output_length": 7, "hash_ids": [9, 0]})"
      "\n"
      R"({"timestamp": 4502, "input_length": 0, "output_length": 7, "hash_ids": []})"
      "\n");
  EXPECT_EQ(trace.format, "mooncake");
  EXPECT_THAT(trace.rows.time_s,
              ElementsAre(0, 3, DoubleEq(4.5005), DoubleEq(4.501), DoubleEq(4.502)));
  // Two whole blocks; then all three, of which the last is not full; then a new first block.
  EXPECT_THAT(trace.rows.reused, ElementsAre(0, 1024, 1300, 0, 0));
}

TEST_F(TraceFormats, GenericCsvByCommonNames) {
  const WholeTrace trace =
      read("class,timestamp,prompt,output\nchat,0.5,10,1\n\"a,b\",0.75,20,2\nchat,1700.5,30,3\n");
  EXPECT_EQ(trace.format, "generic-csv");
  EXPECT_THAT(trace.labels, ElementsAre("chat", "a,b"));
  EXPECT_THAT(trace.rows.label, ElementsAre(0, 1, 0));
  EXPECT_THAT(trace.rows.time_s, ElementsAre(0, 0.25, 1700));
}

TEST_F(TraceFormats, GenericCsvByMap) {
  const WholeTrace trace = read(
      "id,ts,tenant,in_tokens,text,out\n"
      "1,1700158623979,a,10,\"two\nlines, and \"\"quotes\"\"\",1\n"
      "2,1700158624979,b,20,plain,2\n",
      mapped({"timestamp=ts", "prompt=in_tokens", "output=out", "class=tenant"}));
  EXPECT_THAT(trace.rows.time_s, ElementsAre(0, 1));
  EXPECT_THAT(trace.rows.prompt, ElementsAre(10, 20));
  EXPECT_THAT(trace.labels, ElementsAre("a", "b"));
  EXPECT_EQ(trace.origin_ns, 1700158623979000000);
}

TEST_F(TraceFormats, TimestampUnitOnRequest) {
  const std::string csv = "t,prompt,output\n0,1,1\n1500,1,1\n";
  EXPECT_THAT(read(csv, mapped({"timestamp=t"})).rows.time_s, ElementsAre(0, 1500));
  EXPECT_THAT(read(csv, mapped({"timestamp=t", "timestamp_unit=ms"})).rows.time_s,
              ElementsAre(0, 1.5));
  EXPECT_THAT(read(csv, mapped({"timestamp=t", "timestamp_unit=us"})).rows.time_s,
              ElementsAre(0, DoubleEq(0.0015)));
}

TEST_F(TraceFormats, GenericJsonLines) {
  const WholeTrace flat = read(
      "{\"time\": \"2024-01-01T00:00:00Z\", \"input_tokens\": 5, \"output_tokens\": 6, \"class\": "
      "\"x\"}\n"
      "\n"
      "{\"class\": 12, \"output_tokens\": \"8\", \"input_tokens\": 7.0, \"time\": "
      "\"2024-01-01T00:00:02+00:00\"}\n");
  EXPECT_EQ(flat.format, "generic-jsonl");
  EXPECT_THAT(flat.rows.time_s, ElementsAre(0, 2));
  EXPECT_THAT(flat.rows.prompt, ElementsAre(5, 7));
  EXPECT_THAT(flat.rows.output, ElementsAre(6, 8));
  EXPECT_THAT(flat.labels, ElementsAre("x", "12"));
}

TEST_F(TraceFormats, NestedJsonKeysByMap) {
  const WholeTrace trace = read(
      R"({"metadata": {"request_start_ns": 1700158623000000000, "id": "a"}, "metrics": {"input_sequence_length": {"value": 550, "unit": "tokens"}, "output_sequence_length": {"value": 12, "unit": "tokens"}}})"
      "\n"
      R"({"metadata": {"request_start_ns": 1700158623500000000, "id": "b"}, "metrics": {"output_sequence_length": {"value": 13}, "input_sequence_length": {"unit": "tokens", "value": 551}}})"
      "\n",
      mapped({"timestamp=metadata.request_start_ns", "prompt=metrics.input_sequence_length.value",
              "output=metrics.output_sequence_length.value"}));
  EXPECT_THAT(trace.rows.time_s, ElementsAre(0, 0.5));
  EXPECT_THAT(trace.rows.prompt, ElementsAre(550, 551));
  EXPECT_THAT(trace.rows.output, ElementsAre(12, 13));
}

TEST_F(TraceFormats, SlightDisorderCanBePutRight) {
  TraceOptions options;
  options.sort_window = 2;
  options.block_rows = 2;
  const WholeTrace trace =
      read("timestamp,class,prompt,output\n5,a,1,1\n4,b,2,1\n7,a,3,1\n6,b,4,1\n6,a,5,1\n", options);
  EXPECT_THAT(trace.rows.time_s, ElementsAre(0, 1, 2, 2, 3));
  EXPECT_THAT(trace.rows.prompt, ElementsAre(2, 1, 4, 5, 3));
  EXPECT_THAT(trace.rows.label, ElementsAre(1, 0, 1, 0, 0));
  EXPECT_EQ(trace.origin_ns, 4'000'000'000);
}

TEST_F(TraceFormats, SharedFilesHaveTheirKnownSizes) {
  const std::filesystem::path data = std::filesystem::path(BERTH_SHARED_DIR) / "data";
  if (!std::filesystem::exists(data)) GTEST_SKIP() << "the shared data folder is not there";
  const WholeTrace code = read_whole(data / "azure/AzureLLMInferenceTrace_code.csv");
  EXPECT_EQ(code.counts.rows, 8819U) << describe(code.errors);
  EXPECT_EQ(code.format, "azure");
  const WholeTrace conv = read_whole(data / "azure/AzureLLMInferenceTrace_conv.csv");
  EXPECT_EQ(conv.counts.rows, 19366U) << describe(conv.errors);
  const WholeTrace mooncake = read_whole(data / "mooncake/conversation_trace.jsonl");
  EXPECT_EQ(mooncake.counts.rows, 12031U) << describe(mooncake.errors);
  EXPECT_EQ(mooncake.format, "mooncake");
}

}  // namespace
}  // namespace berth
