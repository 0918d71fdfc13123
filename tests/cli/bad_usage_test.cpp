// Every wrong command line and every bad file gives its own message and exit code. Fleet files have
// a table of their own (tests/data/bad/index.yaml, run through the binary below as well).

#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "berth/document/reader.h"
#include "tests/cli/bad_row.h"
#include "tests/cli/run_binary.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAzureHeader = "TIMESTAMP,ContextTokens,GeneratedTokens\n";

std::string gzip_of_two_rows_truncated() {
  // gzip header and the beginning of a deflate stream, cut off.
  return std::string("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x0b\xf1\xf4\x75\x0d\x0e", 16);
}

std::vector<BadRow> command_line_rows() {
  return {
      {"no_command", {}, "", 1, {"subcommand is required", "--help"}},
      {"unknown_command", {"plam"}, "", 1, {"'plam'", "did you mean 'plan'?"}},
      {"unknown_flag",
       {"plan", "x.yaml", "--metod", "gh"},
       "",
       1,
       {"--metod", "did you mean '--method'?"}},
      {"unknown_flag_with_value",
       {"plan", "x.yaml", "--heardoom=1"},
       "",
       1,
       {"--heardoom", "'--headroom'"}},
      {"extra_argument", {"version", "now"}, "", 1, {"'now'"}},
      {"plan_without_input", {"plan"}, "", 1, {"no fleet", "FLEET.yaml"}},
      {"solve_without_input", {"solve"}, "", 1, {"instance is required"}},
      {"check_without_against", {"check", "p.json"}, "", 1, {"--against is required"}},
      {"negative_headroom", {"plan", "x.yaml", "--headroom", "-1"}, "", 1, {"--headroom"}},
      {"headroom_not_a_number",
       {"plan", "x.yaml", "--headroom", "lots"},
       "",
       1,
       {"--headroom", "lots"}},
      {"negative_robust", {"plan", "x.yaml", "--robust", "-1"}, "", 1, {"--robust", "'-1'"}},
      {"robust_not_a_number",
       {"plan", "x.yaml", "--robust", "nan"},
       "",
       1,
       {"--robust", "0 or more", "'nan'"}},
      {"survive_less", {"plan", "x.yaml", "--survive", "0.9"}, "", 1, {"--survive", "'0.9'"}},
      {"survive_text",
       {"plan", "x.yaml", "--survive", "all"},
       "",
       1,
       {"--survive", "factor from 1", "'all'"}},
      {"robust_and_survive",
       {"plan", "x.yaml", "--robust", "1", "--survive", "1.2"},
       "",
       1,
       {"--robust", "--survive"}},
      {"zero_iterations", {"plan", "x.yaml", "--iterations", "0"}, "", 1, {"--iterations"}},
      {"negative_seed", {"plan", "x.yaml", "--seed", "-1"}, "", 1, {"--seed"}},
      {"negative_threads", {"plan", "x.yaml", "--threads", "-2"}, "", 1, {"--threads"}},
      {"unknown_output", {"plan", "x.yaml", "--output", "xml"}, "", 1, {"--output", "json"}},
      {"unknown_shell", {"completion", "tcsh"}, "", 1, {"tcsh", "bash"}},
      {"unknown_schema", {"schema", "fleat"}, "", 1, {"fleat", "fleet"}},
      {"bad_time_limit",
       {"plan", "x.yaml", "--time-limit", "3 parsecs"},
       "",
       1,
       {"--time-limit", "parsecs"}},
      {"zero_time_limit",
       {"plan", "x.yaml", "--time-limit", "0s"},
       "",
       1,
       {"--time-limit", "greater than 0"}},
  };
}

std::vector<BadRow> file_rows() {
  return {
      {"missing_fleet", {"plan", "nowhere.yaml"}, "", 1, {"nowhere.yaml"}},
      {"fleet_is_directory", {"plan", "."}, "", 1, {"directory"}},
      {"missing_instance", {"solve", "nowhere.json"}, "", 1, {"nowhere.json"}},
      {"check_missing_plan",
       {"check", "nowhere.json", "--against", "x.yaml"},
       "",
       1,
       {"nowhere.json"}},
      {"check_without_format",
       {"check", "@", "--against", "x.yaml"},
       "{\"a\":1}",
       1,
       {"/format", "berth.plan/1"}},
      {"check_other_format",
       {"check", "@", "--against", "x.yaml"},
       "{\"format\":\"berth.fleet/1\"}",
       1,
       {"berth.fleet/1"}},
      {"check_truncated_json",
       {"check", "@", "--against", "x.yaml"},
       "{\"cost\": ",
       1,
       {"not valid JSON"}},
      {"instance_empty", {"solve", "@"}, " ", 1, {"@"}},
      {"instance_not_json", {"solve", "@"}, "classes: []", 1, {"@"}},
      {"instance_wrong_format",
       {"solve", "@"},
       "{\"format\":\"berth.instance/9\"}",
       1,
       {"berth.instance/1"}},
      {"instance_unknown_method",
       {"solve", "@", "--method", "magic"},
       R"({"format":"berth.instance/1","classes":{"name":["a"],"unmet_cost":[1],"max_unmet":[1],"max_delay":[null],"max_error":[null]},
"pools":{"name":[]},"offers":{"name":[],"pool":[],"lot":[],"cost":[],"max":[]},
"options":{"name":[],"pool":[],"units":[],"fixed_cost":[],"max_replicas":[],"group":[]},
"pairs":{"option":[],"class":[],"load":[],"delay":[],"error":[],"cost":[]},"budget":null})",
       1,
       {"unknown method 'magic'", "gh"}},
      {"instance_nobody_can_serve",
       {"solve", "@"},
       R"({"format":"berth.instance/1","classes":{"name":["a"],"unmet_cost":[1],"max_unmet":[0],"max_delay":[null],"max_error":[null]},
"pools":{"name":[]},"offers":{"name":[],"pool":[],"lot":[],"cost":[],"max":[]},
"options":{"name":[],"pool":[],"units":[],"fixed_cost":[],"max_replicas":[],"group":[]},
"pairs":{"option":[],"class":[],"load":[],"delay":[],"error":[],"cost":[]},"budget":null})",
       3,
       {}},
  };
}

std::vector<BadRow> trace_rows() {
  const std::string header = kAzureHeader;
  return {
      {"trace_missing", {"plan", "--trace", "nowhere.csv"}, "", 1, {"nowhere.csv"}},
      {"trace_directory", {"workload", "fit", "."}, "", 1, {"directory"}},
      {"trace_empty", {"workload", "fit", "@"}, "\n", 1, {"@"}},
      {"trace_header_only", {"workload", "fit", "@"}, header, 1, {"@"}},
      {"trace_unknown_header",
       {"workload", "fit", "@"},
       "when,in,out\n1,2,3\n",
       1,
       {"when", "--map"}},
      {"trace_bad_number",
       {"workload", "fit", "@"},
       header + "2023-11-16 18:17:03.97,4808,10\n2023-11-16 18:17:04.03,many,8\n",
       1,
       {":3", "many"}},
      {"trace_negative",
       {"workload", "fit", "@"},
       header + "2023-11-16 18:17:03.97,4808,10\n2023-11-16 18:17:04.03,-5,8\n",
       1,
       {":3", "-5"}},
      {"trace_bad_timestamp",
       {"workload", "fit", "@"},
       header + "yesterday,4808,10\n",
       1,
       {":2", "yesterday"}},
      {"trace_missing_field",
       {"workload", "fit", "@"},
       header + "2023-11-16 18:17:03.97,4808,10\n2023-11-16 18:17:04.03,7\n",
       1,
       {":3"}},
      {"trace_unsorted",
       {"workload", "fit", "@"},
       header + "2023-11-16 18:17:05.97,4808,10\n2023-11-16 18:17:04.03,7,1\n",
       1,
       {":3"}},
      {"trace_truncated_gzip",
       {"workload", "fit", "@"},
       gzip_of_two_rows_truncated(),
       1,
       {"truncated"}},
      {"trace_not_utf8", {"workload", "fit", "@"}, header + "\xff\xfe\xff,1,2\n", 1, {":2"}},
  };
}

std::vector<BadRow> workload_rows() {
  const std::string header = kAzureHeader;
  return {
      {"fit_zero_classes",
       {"workload", "fit", "@", "--classes", "0"},
       header + "2023-11-16 18:17:03.97,1,1\n",
       1,
       {"--classes"}},
      {"fit_bad_map",
       {"workload", "fit", "@", "--map", "nonsense"},
       header + "2023-11-16 18:17:03.97,1,1\n",
       1,
       {"--map", "nonsense"}},
      {"generate_from_a_huge_rate",
       {"workload", "generate", "@", "--duration", "1s"},
       "format: berth.workload/1\nclasses:\n  - {name: a, rate: 1e30, prompt_tokens: 9, "
       "output_tokens: 9}\n",
       1,
       {"/classes/0/rate"}},
      {"generate_without_duration",
       {"workload", "generate", "w.yaml"},
       "",
       1,
       {"--duration is required"}},
      {"generate_bad_duration",
       {"workload", "generate", "@", "--duration", "soon"},
       "format: berth.workload/1\n",
       1,
       {"--duration", "soon"}},
  };
}

std::vector<BadRow> service_rows() {
  return {
      {"serve_tells_all_at_once",
       {"serve", "--listen", "here", "--time-limit", "soon", "--namespace", "A b"},
       "",
       1,
       {"--listen", "HOST:PORT", "--time-limit", "soon", "--namespace", "'A b'"}},
      {"serve_open_to_all",
       {"serve", "--listen", "0.0.0.0:0", "--namespace", "A b"},
       "",
       1,
       {"--token-file is required", "--namespace"}},
  };
}

std::vector<BadRow> measurement_rows() {
  return {
      {"validate_without_input", {"validate"}, "", 1, {"measured is required"}},
      {"validate_no_such_file", {"validate", "no.csv"}, "", 1, {"no.csv"}},
      {"validate_another_table",
       {"validate", "@"},
       kAzureHeader,
       1,
       {"input:1", "expected a header with the columns model, dtype", "'TIMESTAMP,"}},
      {"validate_tp_not_whole", {"validate", "@", "--tp", "1.5"}, "{}", 1, {"--tp", "1.5"}},
      {"validate_no_load_generator",
       {"validate", "@"},
       "{\"speed\": 1}",
       1,
       {"input:1", "the keys speed", "vllm bench serve", "inference-perf"}},
      {"validate_no_rows",
       {"validate", "@"},
       "model,dtype,gpu,metric,value\n",
       1,
       {"no rows below the header"}},
      {"validate_bad_rows",
       {"validate", "@"},
       "model,dtype,gpu,metric,value\nm,fp8,g,tpot_ms,fast\nm,fp8,g,speed,1\n",
       1,
       {"input:2", "'fast'", "input:3", "unknown metric 'speed'"}},
      {"validate_a_file_twice_in_two_spellings",
       {"validate", "input", "./input"},
       "model,dtype,gpu,metric,value\nm,fp8,g,tpot_ms,1\n",
       1,
       {"./input: the file is given twice"}},
  };
}

std::vector<BadRow> bad_rows() {
  std::vector<BadRow> all;
  for (const auto& rows :
       {command_line_rows(), file_rows(), trace_rows(), workload_rows(), prediction_rows(),
        engine_rows(), deployment_rows(), service_rows(), measurement_rows()}) {
    all.insert(all.end(), rows.begin(), rows.end());
  }
  return all;
}

class BadUsage : public testing::TestWithParam<BadRow> {};

TEST_P(BadUsage, IsExplained) {
  const BadRow& row = GetParam();
  const TemporaryDirectory directory;
  std::vector<std::string> arguments = row.arguments;
  if (!row.content.empty()) directory.write("input", row.content);
  std::replace(arguments.begin(), arguments.end(), std::string("@"), std::string("input"));

  const Outcome outcome = run_berth(arguments, directory.path());
  EXPECT_EQ(outcome.status, row.status) << outcome.err;
  for (const char* fragment : row.said) {
    const std::string expected = std::string(fragment) == "@" ? "input" : fragment;
    EXPECT_NE(outcome.err.find(expected), std::string::npos)
        << "expected '" << expected << "' in:\n"
        << outcome.err;
  }
  if (row.status == 1) {
    EXPECT_EQ(outcome.err.rfind("error: ", 0), 0U) << outcome.err;
  }
  EXPECT_EQ(outcome.err.find("bug in Berth"), std::string::npos) << outcome.err;
}

INSTANTIATE_TEST_SUITE_P(Cli, BadUsage, testing::ValuesIn(bad_rows()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(BadUsage, TableIsLongEnough) { EXPECT_GE(bad_rows().size(), 40U); }

TEST(BadFleets, EveryRowOfTheIndexThroughTheBinary) {
  const fs::path folder = fs::path(BERTH_SOURCE_DIR) / "tests/data/bad";
  const Result<Document> index = read_document(folder / "index.yaml");
  ASSERT_TRUE(index.ok()) << to_string(index.errors().front());
  Errors errors;
  MapReader root(*index, errors);
  std::size_t rows = 0;
  for (const ValueReader& item : root.list("inputs")) {
    MapReader row = item.map();
    const std::string file = row.string("file");
    const Outcome outcome = run_berth({"plan", (folder / file).string()});
    EXPECT_EQ(outcome.status, row.integer("exit_code", kAnyNumber)) << file << "\n" << outcome.err;
    EXPECT_NE(outcome.err.find(row.string("where", "")), std::string::npos) << file << "\n"
                                                                            << outcome.err;
    EXPECT_NE(outcome.err.find(row.string("message")), std::string::npos) << file << "\n"
                                                                          << outcome.err;
    ++rows;
  }
  EXPECT_TRUE(errors.empty()) << to_string(errors.front());
  EXPECT_GE(rows, 30U);
}

}  // namespace
}  // namespace berth::test
