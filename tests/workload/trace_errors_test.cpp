// What is wrong with a trace is said with file and line, all of it at once.

#include <algorithm>
#include <filesystem>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workload/trace_files.h"

namespace berth {
namespace {

using test::describe;
using test::read_whole;
using test::TemporaryDirectory;
using test::WholeTrace;
using ::testing::AllOf;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr std::string_view kHeader = "TIMESTAMP,ContextTokens,GeneratedTokens\n";

class TraceErrors : public ::testing::Test {
 protected:
  Errors errors_of(std::string_view content, const TraceOptions& options = {}) const {
    return read_whole(directory_.write("trace.csv", content), options).errors;
  }
  /// One error with this code, place and words.
  static void expect_one(const Errors& errors, ErrorCode code, std::string_view where,
                         std::string_view message) {
    ASSERT_THAT(errors, SizeIs(1)) << describe(errors);
    EXPECT_EQ(errors[0].code, code) << describe(errors);
    EXPECT_TRUE(errors[0].where.ends_with(where)) << describe(errors);
    EXPECT_THAT(errors[0].message, HasSubstr(std::string(message)));
  }
  TemporaryDirectory directory_;
};

std::string with_row(std::string_view row) {
  return std::string(kHeader) + "2023-11-16 18:17:03,1,1\n" + std::string(row) +
         "\n2023-11-16 18:17:09,1,1\n";
}

TEST_F(TraceErrors, BadRows) {
  struct Case {
    std::string row;
    ErrorCode code;
    std::string message;
  };
  const std::vector<Case> cases = {
      {"2023-11-16 18:17:04,x,1", ErrorCode::kWrongType, "ContextTokens: 'x' is not a number"},
      {"2023-11-16 18:17:04,nan,1", ErrorCode::kWrongType, "ContextTokens: 'nan' is not a number"},
      {"2023-11-16 18:17:04,1,-3", ErrorCode::kOutOfRange, "GeneratedTokens: -3 is negative"},
      {"2023-11-16 18:17:04,1,1.5", ErrorCode::kWrongType,
       "GeneratedTokens: 1.5 is not a whole number"},
      {"2023-11-16 18:17:04,100000001,1", ErrorCode::kOutOfRange, "100000001 is absurdly large"},
      {"2023-11-16 18:17:04,1e300,1", ErrorCode::kOutOfRange, "1e300 is absurdly large"},
      {"2023-11-16 18:17:04,,1", ErrorCode::kMissing, "ContextTokens is empty"},
      {"2023-11-16 18:17:04,1", ErrorCode::kSyntax, "expected 3 fields, found 2"},
      {"2023-11-16 18:17:04,1,1,1", ErrorCode::kSyntax, "expected 3 fields, found 4"},
      {"2023-11-36 18:17:04,1,1", ErrorCode::kWrongType,
       "TIMESTAMP: '2023-11-36 18:17:04' is not a timestamp"},
      {"yesterday,1,1", ErrorCode::kWrongType, "TIMESTAMP: 'yesterday' is not a timestamp"},
      {",1,1", ErrorCode::kMissing, "TIMESTAMP is empty"},
      {"\"2023-11-16 18:17:04\"x,1,1", ErrorCode::kSyntax, "text follows a closing quote"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.row);
    expect_one(errors_of(with_row(c.row)), c.code, "trace.csv:3", c.message);
  }
}

TEST_F(TraceErrors, OddButValidRowsAreAccepted) {
  for (const char* row : {"2023-11-16 18:17:04,100000000,1", "2023-11-16 18:17:04,1e2,0",
                          "  2023-11-16 18:17:04 , 7 , 7 "}) {
    EXPECT_THAT(errors_of(with_row(row)), SizeIs(0)) << row;
  }
}

TEST_F(TraceErrors, LinesAreCountedThroughEmptyAndQuotedOnes) {
  const std::string csv = "timestamp,note,prompt,output\n\n0,\"a\nb\",1,1\n\n1,c,bad,1\n";
  expect_one(errors_of(csv), ErrorCode::kWrongType, "trace.csv:6", "'bad'");
}

TEST_F(TraceErrors, TwentyRowsAreListedAndAllCounted) {
  std::string csv(kHeader);
  for (int i = 0; i < 50; ++i) csv += "2023-11-16 18:17:03,oops,1\n2023-11-16 18:17:03,5,1\n";
  const Errors errors = errors_of(csv);
  ASSERT_THAT(errors, SizeIs(21));
  EXPECT_TRUE(errors[19].where.ends_with("trace.csv:40"));
  EXPECT_THAT(errors[20].message, HasSubstr("50 rows are bad in all"));
}

TEST_F(TraceErrors, OutOfOrder) {
  const std::string csv = "timestamp,prompt,output\n1,1,1\n3,1,1\n2,1,1\n5,1,1\n4,1,1\n";
  expect_one(errors_of(csv), ErrorCode::kInconsistent, "trace.csv:4",
             "2 requests are out of time order");
  TraceOptions options;
  options.sort_window = 1;
  expect_one(errors_of("timestamp,prompt,output\n9,1,1\n10,1,1\n11,1,1\n2,1,1\n12,1,1\n", options),
             ErrorCode::kInconsistent, "trace.csv", "by more than 1 rows");
}

TEST_F(TraceErrors, EmptyInOneWayOrAnother) {
  expect_one(errors_of(""), ErrorCode::kMissing, "trace.csv", "the trace is empty");
  expect_one(errors_of(" \n\n"), ErrorCode::kMissing, "trace.csv", "the trace is empty");
  expect_one(errors_of("\xEF\xBB\xBF"), ErrorCode::kMissing, "trace.csv", "the trace is empty");
  expect_one(errors_of(kHeader), ErrorCode::kMissing, "trace.csv", "a header but no requests");
  expect_one(errors_of(std::string(kHeader) + "\n\n"), ErrorCode::kMissing, "trace.csv",
             "a header but no requests");
  expect_one(errors_of("Timestamp,Model,Request tokens,Response tokens\n1,a,5,0\n"),
             ErrorCode::kMissing, "trace.csv", "all 1 requests of the trace failed");
  expect_one(errors_of(test::gzip("")), ErrorCode::kMissing, "trace.csv", "the trace is empty");
}

TEST_F(TraceErrors, UnknownFormatSaysWhatIsThereAndWhatIsKnown) {
  const Errors errors = errors_of("a,b,c\n1,2,3\n");
  expect_one(errors, ErrorCode::kUnsupported, "trace.csv:1",
             "the header has the columns 'a', 'b', 'c'");
  for (const std::string& format : trace_format_names()) {
    EXPECT_THAT(errors[0].message, HasSubstr(format));
  }
  EXPECT_THAT(errors[0].suggestion,
              HasSubstr("--map timestamp=COLUMN --map prompt=COLUMN --map output=COLUMN"));
  expect_one(errors_of("{\"a\": 1}\n"), ErrorCode::kUnsupported, "trace.csv:1",
             "the lines have the keys 'a'");
  expect_one(errors_of("1,2,3\n4,5,6\n"), ErrorCode::kUnsupported, "trace.csv:1", "is no header");
  expect_one(errors_of("[{\"timestamp\": 1}]\n"), ErrorCode::kUnsupported, "trace.csv:1",
             "JSON array");
}

TEST_F(TraceErrors, MissingColumn) {
  const Errors errors = errors_of("timestamp,prompt,answer\n1,2,3\n");
  expect_one(errors, ErrorCode::kMissing, "trace.csv:1", "no column for output");
  EXPECT_THAT(errors[0].suggestion, HasSubstr("--map output=COLUMN"));
}

TEST_F(TraceErrors, MapThatFitsNothing) {
  TraceOptions options;
  options.map.columns = {{TraceRole::kPrompt, "in_tokns"}, {TraceRole::kLabel, "nobody"}};
  const Errors errors = errors_of("timestamp,in_tokens,output\n1,2,3\n", options);
  ASSERT_THAT(errors, SizeIs(2)) << describe(errors);
  EXPECT_EQ(errors[0].code, ErrorCode::kMissing);
  EXPECT_THAT(errors[0].message, HasSubstr("--map prompt=in_tokns"));
  EXPECT_THAT(errors[0].suggestion, HasSubstr("in_tokens"));
}

TEST_F(TraceErrors, AmbiguousAndRepeatedColumns) {
  const Errors several = errors_of("timestamp,prompt,input_tokens,output\n1,2,2,3\n");
  expect_one(several, ErrorCode::kInconsistent, "trace.csv:1",
             "several columns could be the prompt");
  EXPECT_THAT(several[0].suggestion, HasSubstr("--map prompt=COLUMN"));
  expect_one(errors_of("timestamp,prompt,prompt,output\n1,2,2,3\n"), ErrorCode::kDuplicate,
             "trace.csv:1", "'prompt' appears twice");
}

TEST_F(TraceErrors, Encoding) {
  expect_one(errors_of(with_row("2023-11-16 18:17:04,\xFF,1")), ErrorCode::kSyntax, "trace.csv:3",
             "not valid UTF-8");
  expect_one(errors_of(std::string("\xFF\xFET\0I\0", 6)), ErrorCode::kSyntax, "trace.csv:1",
             "UTF-16");
}

TEST_F(TraceErrors, OpenQuote) {
  const Errors errors = errors_of(with_row("\"2023-11-16 18:17:04,1,1"));
  expect_one(errors, ErrorCode::kSyntax, "trace.csv:3",
             "the quote that opens here is never closed");
}

TEST_F(TraceErrors, DamagedArchives) {
  std::string text(kHeader);
  for (int i = 0; i < 5000; ++i)
    text += "2023-11-16 18:17:03," + std::to_string(i * 7919 % 4093) + ",1\n";
  for (const std::string& packed : {test::gzip(text), test::zstd(text)}) {
    for (const std::size_t keep : {std::size_t{5}, packed.size() / 2, packed.size() - 1}) {
      expect_one(errors_of(packed.substr(0, keep)), ErrorCode::kUnreadable, "trace.csv",
                 "truncated");
    }
    std::string damaged = packed;
    for (std::size_t i = damaged.size() / 2; i < damaged.size() / 2 + 40; ++i) damaged[i] ^= 0x5A;
    const Errors errors = errors_of(damaged);
    ASSERT_FALSE(errors.empty());
    EXPECT_TRUE(std::any_of(errors.begin(), errors.end(), [](const Error& error) {
      return error.code == ErrorCode::kUnreadable || error.code == ErrorCode::kSyntax;
    })) << describe(errors);
  }
  expect_one(errors_of(test::gzip(text) + "rest"), ErrorCode::kUnreadable, "trace.csv", "damaged");
}

TEST_F(TraceErrors, Files) {
  const Errors missing = read_whole(directory_.path() / "trcae.csv").errors;
  expect_one(missing, ErrorCode::kNotFound, "trcae.csv", "no such file");
  static_cast<void>(directory_.write("trace.csv", kHeader));
  EXPECT_THAT(read_whole(directory_.path() / "trcae.csv").errors[0].suggestion,
              HasSubstr("trace.csv"));
  expect_one(read_whole(directory_.path()).errors, ErrorCode::kUnreadable,
             directory_.path().filename().string(), "directory");
  if (::geteuid() != 0) {
    const auto path = directory_.write("closed.csv", kHeader);
    std::filesystem::permissions(path, std::filesystem::perms::none);
    expect_one(read_whole(path).errors, ErrorCode::kUnreadable, "closed.csv", "");
  }
}

TEST_F(TraceErrors, JsonLines) {
  const std::string good =
      R"({"timestamp": 0, "input_length": 1, "output_length": 1, "hash_ids": [1]})"
      "\n";
  struct Case {
    std::string line;
    ErrorCode code;
    std::string message;
  };
  const std::vector<Case> cases = {
      {R"({"timestamp": 1, "input_length": 1, "output_length": 1})", ErrorCode::kMissing,
       "the key 'hash_ids' is missing"},
      {R"({"timestamp": 1, "input_length": -1, "output_length": 1, "hash_ids": []})",
       ErrorCode::kOutOfRange, "input_length: -1 is negative"},
      {R"({"timestamp": 1, "input_length": "x", "output_length": 1, "hash_ids": []})",
       ErrorCode::kWrongType, "'x' is not a number"},
      {R"({"timestamp": 1, "input_length": null, "output_length": 1, "hash_ids": []})",
       ErrorCode::kWrongType, "'null' is not a number"},
      {R"({"timestamp": true, "input_length": 1, "output_length": 1, "hash_ids": []})",
       ErrorCode::kWrongType, "'true' is not a timestamp"},
      {R"({"timestamp": 1, "input_length": 1, "output_length": 1, "hash_ids": [1, "a"]})",
       ErrorCode::kSyntax, "not a JSON object"},
      {R"({"timestamp": 1, "input_length": 1, )", ErrorCode::kSyntax, "unexpected end of line"},
      {R"({"timestamp": 1} trailing)", ErrorCode::kSyntax, "unexpected 't'"},
      {R"([1, 2])", ErrorCode::kSyntax, "unexpected '['"},
      {R"({"timestamp": -1, "input_length": 1, "output_length": 1, "hash_ids": []})",
       ErrorCode::kOutOfRange, "timestamp: -1 is negative"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.line);
    expect_one(errors_of(good + c.line + "\n"), c.code, "trace.csv:2", c.message);
  }
  expect_one(errors_of("{\"timestamp\": \n"), ErrorCode::kSyntax, "trace.csv:1",
             "not one JSON object");
  const std::string deep =
      "{\"timestamp\": 1, \"x\": " + std::string(5000, '[') + std::string(5000, ']') + "}\n";
  expect_one(errors_of(good + deep), ErrorCode::kSyntax, "trace.csv:2", "not a JSON object");
}

TEST_F(TraceErrors, AbsurdlyManyClasses) {
  std::string csv = "timestamp,class,prompt,output\n";
  for (int i = 0; i < 4100; ++i) csv += "1,id" + std::to_string(i) + ",1,1\n";
  const Errors errors = errors_of(csv);
  ASSERT_THAT(errors, SizeIs(4));
  EXPECT_EQ(errors[0].code, ErrorCode::kOutOfRange);
  EXPECT_TRUE(errors[0].where.ends_with("trace.csv:4098"));
}

TEST_F(TraceErrors, EndlessLine) {
  const std::string csv = "timestamp,prompt,output\n1," + std::string((std::size_t{17} << 20), '7');
  expect_one(errors_of(csv), ErrorCode::kSyntax, "trace.csv:1", "longer than 16 MiB");
}

TEST(ColumnMap, Entries) {
  const std::vector<std::string> entries = {"timestamp=ts", "prompt=a=b", "timestamp_unit=us"};
  const Result<ColumnMap> map = parse_column_map(entries);
  ASSERT_TRUE(map.ok());
  EXPECT_EQ(map->columns[1].second, "a=b");
  EXPECT_EQ(map->timestamp_unit, TimestampUnit::kMicroseconds);
  const std::vector<std::string> bad = {
      "promt=x", "prompt", "=x", "output=", "timestamp_unit=weeks", "class=a", "class=b"};
  const Result<ColumnMap> errors = parse_column_map(bad);
  ASSERT_FALSE(errors.ok());
  ASSERT_THAT(errors.errors(), SizeIs(6)) << describe(errors.errors());
  EXPECT_THAT(errors.errors()[0], AllOf(Field(&Error::code, ErrorCode::kUsage),
                                        Field(&Error::suggestion, HasSubstr("prompt")),
                                        Field(&Error::where, "--map promt=x")));
  EXPECT_EQ(errors.errors()[5].code, ErrorCode::kDuplicate);
}

}  // namespace
}  // namespace berth
