// Properties of the readers: the answer does not depend on how the file is cut into pieces, and no
// input, however spoilt, does harm.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/core/text.h"
#include "tests/workload/trace_files.h"

namespace berth {
namespace {

using test::describe;
using test::read_whole;
using test::TemporaryDirectory;
using test::WholeTrace;

std::string number(std::uint64_t value) { return std::to_string(value); }

std::string csv_trace(Random& random, int rows) {
  std::string text = "timestamp,note,prompt,class,output\n";
  std::uint64_t time = 0;
  for (int i = 0; i < rows; ++i) {
    time += random.below(3000);
    const bool odd = random.below(8) == 0;
    text += number(time / 1000) + "." + number(1000 + time % 1000).substr(1) + ",";
    text += odd ? "\"a \"\"b\"\",\nc\xC3\xA9\"," : "note,";
    text += (odd ? " \"" + number(random.below(9000)) + "\"" : number(random.below(9000))) + ",";
    text +=
        std::string(1, static_cast<char>('a' + random.below(3))) + "," + number(random.below(500));
    text += random.below(10) == 0 ? "\r\n" : "\n";
    if (random.below(20) == 0) text += "\n";
  }
  return text;
}

std::string mooncake_trace(Random& random, int rows) {
  std::string text;
  std::uint64_t time = 0;
  for (int i = 0; i < rows; ++i) {
    time += random.below(3000);
    const std::uint64_t blocks = random.below(12);
    text += "{\"timestamp\": " + number(time) + ", \"input_length\": " + number(blocks * 512 + 1) +
            ", \"output_length\": " + number(random.below(500)) + ", \"hash_ids\": [";
    for (std::uint64_t b = 0; b < blocks; ++b) {
      text += (b > 0 ? ", " : "") + number(b < 4 ? b : random.below(100000000000));
    }
    text += "]}\n";
  }
  return text;
}

void expect_same(const WholeTrace& a, const WholeTrace& b) {
  EXPECT_EQ(describe(a.errors), describe(b.errors));
  EXPECT_EQ(a.rows.time_s, b.rows.time_s);
  EXPECT_EQ(a.rows.prompt, b.rows.prompt);
  EXPECT_EQ(a.rows.output, b.rows.output);
  EXPECT_EQ(a.rows.reused, b.rows.reused);
  EXPECT_EQ(a.rows.label, b.rows.label);
  EXPECT_EQ(a.labels, b.labels);
  EXPECT_EQ(a.counts.rows, b.counts.rows);
  EXPECT_EQ(a.counts.bytes, b.counts.bytes);
}

TEST(TraceProperty, BlockAndBufferSizesDoNotMatter) {
  const TemporaryDirectory directory;
  Random random(17);
  for (const std::string& text : {csv_trace(random, 400), mooncake_trace(random, 400)}) {
    const auto plain = directory.write("plain", text);
    const WholeTrace whole = read_whole(plain);
    ASSERT_TRUE(whole.errors.empty()) << describe(whole.errors);
    ASSERT_EQ(whole.counts.rows, 400U);
    const auto gzip = directory.write("gzip", test::gzip(text));
    const auto zstd = directory.write("zstd", test::zstd(text));
    for (const std::size_t rows : {1U, 7U, 399U, 400U, 401U, 4096U}) {
      for (const std::size_t buffer : {16U, 61U, 1000U, 65536U}) {
        TraceOptions options;
        options.block_rows = rows;
        options.buffer_bytes = buffer;
        for (const auto& path : {plain, gzip, zstd}) expect_same(whole, read_whole(path, options));
      }
    }
  }
}

TEST(TraceProperty, SmallBuffersReportTheSameErrors) {
  const TemporaryDirectory directory;
  Random random(18);
  std::string text = csv_trace(random, 200);
  for (int i = 0; i < 5; ++i) {
    const std::size_t line = text.find('\n', text.size() * static_cast<std::size_t>(i + 1) / 7);
    text.insert(line + 1, "bad,row\n");
  }
  const auto path = directory.write("trace", text);
  const WholeTrace whole = read_whole(path);
  ASSERT_FALSE(whole.errors.empty());
  for (const std::size_t buffer : {16U, 100U, 4096U}) {
    TraceOptions options;
    options.buffer_bytes = buffer;
    options.block_rows = 5;
    expect_same(whole, read_whole(path, options));
  }
}

TEST(TraceProperty, LittleMemoryForBlockIdsOnlyForgets) {
  const TemporaryDirectory directory;
  Random random(19);
  const auto path = directory.write("trace", mooncake_trace(random, 500));
  TraceOptions small;
  small.prefix_cache_blocks = 8;
  const WholeTrace all = read_whole(path);
  const WholeTrace few = read_whole(path, small);
  ASSERT_EQ(all.rows.reused.size(), few.rows.reused.size());
  std::uint64_t more = 0;
  for (std::size_t i = 0; i < all.rows.reused.size(); ++i) {
    ASSERT_LE(few.rows.reused[i], all.rows.reused[i]);
    ASSERT_LE(all.rows.reused[i], all.rows.prompt[i]);
    more += all.rows.reused[i] - few.rows.reused[i];
  }
  EXPECT_GT(more, 0U);
}

/// A few random changes: bytes flipped, pieces cut out, doubled or put elsewhere.
std::string spoil(std::string text, Random& random) {
  static const std::string kNasty = "\",\n\r\t {}[]:\\0-+.eE\xFF\xC3";
  const auto changes = 1 + random.below(3);
  for (std::uint64_t i = 0; i < changes && !text.empty(); ++i) {
    const std::size_t at = random.below(text.size());
    const std::size_t length = random.below(std::min<std::size_t>(text.size() - at, 40) + 1);
    switch (random.below(5)) {
      case 0: text[at] = static_cast<char>(random.below(256)); break;
      case 1: text[at] = kNasty[random.below(kNasty.size())]; break;
      case 2: text.erase(at, length); break;
      case 3: text.insert(random.below(text.size()), text.substr(at, length)); break;
      default: text.resize(at); break;
    }
  }
  return text;
}

TEST(TraceFuzz, SpoiltFilesGiveRowsOrErrors) {
  const TemporaryDirectory directory;
  Random random(23);
  const std::string azure =
      "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9799600,4808,10\n"
      "2023-11-16 18:17:04.0319600,3180,8\n2023-11-16T18:17:05.1+00:00,110,27\n";
  const std::vector<std::string> seeds = {
      azure,
      csv_trace(random, 12),
      mooncake_trace(random, 6),
      test::gzip(azure),
      test::zstd(azure),
      test::gzip(mooncake_trace(random, 6)),
      "{\"time\": \"2024-01-01T00:00:00Z\", \"input_tokens\": 5, \"output_tokens\": 6}\n"};
  TraceOptions options;
  options.prefix_cache_blocks = 64;
  options.buffer_bytes = 256;
  int with_rows = 0;
  int with_errors = 0;
  for (int round = 0; round < 4000; ++round) {
    const std::string text = spoil(seeds[random.below(seeds.size())], random);
    options.block_rows = 1 + random.below(5);
    options.sort_window = random.below(2) * 3;
    const WholeTrace whole = read_whole(directory.write("trace", text), options);
    ASSERT_TRUE(whole.counts.rows > 0 || !whole.errors.empty()) << text;
    with_rows += whole.errors.empty() ? 1 : 0;
    with_errors += whole.errors.empty() ? 0 : 1;
    for (const Error& error : whole.errors) {
      ASSERT_FALSE(error.message.empty());
      ASSERT_FALSE(error.where.empty());
    }
    for (std::size_t i = 0; i < whole.rows.size(); ++i) {
      ASSERT_LE(whole.rows.prompt[i], 100000000U);
      ASSERT_LE(whole.rows.output[i], 100000000U);
    }
  }
  EXPECT_GT(with_rows, 50);
  EXPECT_GT(with_errors, 1000);
}

}  // namespace
}  // namespace berth
