// The commands as a user runs them, on the built program.

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_binary.h"

namespace berth::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

std::string fleet(const std::string& name) {
  return std::string(BERTH_SOURCE_DIR) + "/data/fleets/" + name;
}

TEST(Commands, VersionAndHelp) {
  const Outcome version = run_berth({"version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_EQ(version.out.rfind("berth ", 0), 0U);
  const Outcome help = run_berth({"--help"});
  EXPECT_EQ(help.status, 0);
  for (const char* command : {"plan", "solve", "check", "diff", "predict", "validate", "workload",
                              "catalog", "export", "schema", "completion"}) {
    EXPECT_NE(help.out.find(command), std::string::npos) << command;
    EXPECT_EQ(run_berth({command, "--help"}).status, 0) << command;
  }
}

TEST(Commands, PlanIsCheckedAndAMutatedPlanIsRefused) {
  const TemporaryDirectory directory;
  const std::string plan_file = (directory.path() / "plan.json").string();
  const Outcome planned =
      run_berth({"plan", fleet("demo.yaml"), "-o", plan_file, "--output", "json"});
  ASSERT_EQ(planned.status, 0) << planned.err;
  EXPECT_EQ(planned.out, file_text(plan_file));

  const Outcome valid = run_berth({"check", plan_file, "--against", fleet("demo.yaml")});
  EXPECT_EQ(valid.status, 0) << valid.out << valid.err;

  Json plan = Json::parse(planned.out);
  EXPECT_EQ(plan["format"], "berth.plan/1");
  plan["deployments"][0]["replicas"] = 0;
  const std::string mutated = directory.write("mutated.json", plan.dump());
  const Outcome refused =
      run_berth({"check", mutated, "--against", fleet("demo.yaml"), "--output", "json"});
  EXPECT_EQ(refused.status, 2) << refused.err;
  const Json verdict = Json::parse(refused.out);
  EXPECT_FALSE(verdict["valid"].get<bool>());
  EXPECT_FALSE(verdict["violations"].empty());
}

TEST(Commands, APlanInYamlIsCheckedToo) {
  const TemporaryDirectory directory;
  const std::string plan = (directory.path() / "plan.yaml").string();
  ASSERT_EQ(run_berth({"plan", fleet("demo.yaml"), "-o", plan}).status, 0);
  const Outcome valid = run_berth({"check", plan, "--against", fleet("demo.yaml")});
  EXPECT_EQ(valid.status, 0) << valid.out << valid.err;
}

/// One class, one option of one GPU at 1 USD/h; what varies is named.
std::string small_instance(const std::string& load, const std::string& max_unmet,
                           const std::string& lot) {
  return R"({"format":"berth.instance/1","classes":{"name":["a"],"unmet_cost":[0],"max_unmet":[)" +
         max_unmet + R"(],"max_delay":[null],"max_error":[null]},"pools":{"name":["p"]},
"offers":{"name":["o"],"pool":[0],"lot":[)" +
         lot + R"(],"cost":[1],"max":[null]},
"options":{"name":["d"],"pool":[0],"units":[1],"fixed_cost":[0],"max_replicas":[null],"group":[null]},
"pairs":{"option":[0],"class":[0],"load":[)" +
         load + R"(],"delay":[0],"error":[0],"cost":[0]},"budget":null})";
}

TEST(Commands, DemandThatMayStayUnmetForNothingIsNotServed) {
  const TemporaryDirectory directory;
  const std::string instance = directory.write("i.json", small_instance("10", "0.5", "1"));
  const Outcome solved = run_berth({"solve", instance, "--output", "json"});
  ASSERT_EQ(solved.status, 0) << solved.err;
  EXPECT_EQ(Json::parse(solved.out)["objective"], 5.0);
}

TEST(Commands, LoadsBeyondAnyFleetEndWithoutAPlan) {
  const TemporaryDirectory directory;
  for (const char* load : {"1e10", "1e19", "1e300"}) {
    const std::string instance = directory.write("i.json", small_instance(load, "0", "1"));
    const Outcome solved = run_berth({"solve", instance}, {}, {}, 20);
    EXPECT_EQ(solved.status, 3) << load << solved.err;
  }
  const std::string racks = directory.write("i.json", small_instance("1", "0", "2000000000"));
  const Outcome refused = run_berth({"solve", racks});
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.err.find("/offers/lot"), std::string::npos) << refused.err;
}

TEST(Commands, CostsThatCannotBeCountedAreAnInputErrorAndNotAnInternalOne) {
  const TemporaryDirectory directory;
  const std::string instance = directory.write("i.json", small_instance("1.5e9", "0", "1"));
  for (const char* method : {"gh", "milp"}) {
    const Outcome refused = run_berth({"solve", instance, "--method", method});
    EXPECT_EQ(refused.status, 1) << refused.err;
    EXPECT_NE(refused.err.find("/classes/name/0"), std::string::npos) << refused.err;
  }
}

TEST(Commands, NoPlanOfAHeuristicDoesNotLookLikeAProof) {
  const TemporaryDirectory directory;
  // Two classes of three GPUs each where four can be had.
  const std::string instance = directory.write(
      "i.json",
      R"({"format":"berth.instance/1","classes":{"name":["a","b"],"unmet_cost":[0,0],"max_unmet":[0,0],"max_delay":[null,null],"max_error":[null,null]},
"pools":{"name":["p"]},"offers":{"name":["o"],"pool":[0],"lot":[1],"cost":[1],"max":[4]},
"options":{"name":["x","y"],"pool":[0,0],"units":[1,1],"fixed_cost":[0,0],"max_replicas":[null,null],"group":[null,null]},
"pairs":{"option":[0,1],"class":[0,1],"load":[3,3],"delay":[0,0],"error":[0,0],"cost":[0,0]},"budget":null})");
  const auto answer = [&](const char* method) {
    const Outcome solved = run_berth({"solve", instance, "--method", method, "--output", "json"});
    EXPECT_EQ(solved.status, 3) << method << solved.err;
    return Json::parse(solved.out);
  };
  const Json heuristic = answer("gh");
  EXPECT_EQ(heuristic["status"], "infeasible");
  EXPECT_EQ(heuristic["proven"], false);
  EXPECT_NE(heuristic["detail"].get<std::string>().find("class 'b'"), std::string::npos);
  EXPECT_EQ(answer("milp")["proven"], true);
}

TEST(Commands, CountsThatOverflowAreNotAValidSolution) {
  const TemporaryDirectory directory;
  const std::string big = "2147483646";
  const std::string instance = directory.write(
      "i.json",
      R"({"format":"berth.instance/1","classes":{"name":[],"unmet_cost":[],"max_unmet":[],"max_delay":[],"max_error":[]},
"pools":{"name":["p"]},"offers":{"name":["o"],"pool":[0],"lot":[1],"cost":[1],"max":[null]},
"options":{"name":["a","b","c"],"pool":[0,0,0],"units":[)" +
          big + "," + big + "," + big + R"(],"fixed_cost":[0,0,0],"max_replicas":[null,null,null],
"group":[null,null,null]},
"pairs":{"option":[],"class":[],"load":[],"delay":[],"error":[],"cost":[]},"budget":null})");
  const std::string solution = directory.write(
      "s.json",
      R"({"format":"berth.solution/1","method":"x","status":"feasible","objective":0,"lower_bound":null,"gap":null,
"seconds":{"read":0,"solve":0,"bound":0},"replicas":[2147483647,2147483647,2147483647],"boxes":[0],
"routes":{"class":[],"option":[],"share":[]},"unmet":[]})");
  const Outcome verdict = run_berth({"check", solution, "--against", instance});
  EXPECT_EQ(verdict.status, 2) << verdict.out << verdict.err;
}

TEST(Commands, SamePlanEveryTime) {
  const auto plan_without_times = [] {
    Json plan = Json::parse(run_berth({"plan", fleet("demo.yaml"), "--output", "json"}).out);
    plan.erase("seconds");
    return plan;
  };
  EXPECT_EQ(plan_without_times(), plan_without_times());
}

TEST(Commands, EveryOutputOfAPlan) {
  const TemporaryDirectory directory;
  const std::string report = (directory.path() / "deep/er/report.html").string();
  const Outcome table = run_berth({"plan", fleet("demo.yaml"), "--report", report});
  EXPECT_EQ(table.status, 0) << table.err;
  EXPECT_NE(table.out.find("per hour"), std::string::npos);
  EXPECT_EQ(table.out.find("\033["), std::string::npos) << "colours without a terminal";
  EXPECT_EQ(file_text(report).rfind("<!DOCTYPE html>", 0), 0U);
  EXPECT_EQ(run_berth({"plan", fleet("demo.yaml"), "--output", "wide"}).status, 0);
  const Outcome yaml = run_berth({"plan", fleet("demo.yaml"), "--output", "yaml"});
  EXPECT_EQ(yaml.out.rfind("format: ", 0), 0U) << yaml.out.substr(0, 80);
}

TEST(Commands, ExportedInstanceSolvesAndChecks) {
  const TemporaryDirectory directory;
  const std::string instance = (directory.path() / "i.json").string();
  const std::string solution = (directory.path() / "s.json").string();
  ASSERT_EQ(run_berth({"export", "instance", fleet("demo.yaml"), "-o", instance}).status, 0);
  const Outcome solved = run_berth({"solve", instance, "-o", solution, "--output", "json"});
  ASSERT_EQ(solved.status, 0) << solved.err;
  EXPECT_EQ(run_berth({"check", solution, "--against", instance}).status, 0);

  Json wrong = Json::parse(solved.out);
  wrong["objective"] = wrong["objective"].get<double>() - 1.0;
  const std::string mutated = directory.write("wrong.json", wrong.dump());
  EXPECT_EQ(run_berth({"check", mutated, "--against", instance}).status, 2);
}

TEST(Commands, InfeasibleFleetExplainsItselfWithStatus3) {
  const Outcome outcome = run_berth({"plan", fleet("impossible.yaml")});
  EXPECT_EQ(outcome.status, 3);
  EXPECT_NE(outcome.err.find("closest"), std::string::npos) << outcome.err;
  EXPECT_TRUE(outcome.out.empty());
}

TEST(Commands, GeneratedTraceFitsBackAndPlans) {
  const TemporaryDirectory directory;
  const std::string workload = std::string(BERTH_SOURCE_DIR) + "/data/workloads/azure-2023.yaml";
  const std::string trace = (directory.path() / "trace.csv").string();
  ASSERT_EQ(
      run_berth({"workload", "generate", workload, "--duration", "10m", "--seed", "3", "-o", trace})
          .status,
      0);
  const Outcome again =
      run_berth({"workload", "generate", workload, "--duration", "10m", "--seed", "3"});
  EXPECT_EQ(again.out, file_text(trace)) << "the same seed gives the same trace";
  const Outcome fitted = run_berth({"workload", "fit", "mine=" + trace, "--classes", "3"});
  EXPECT_EQ(fitted.status, 0) << fitted.err;
  EXPECT_NE(fitted.out.find("berth.workload/1"), std::string::npos);
  const std::string plan = (directory.path() / "plan.json").string();
  const Outcome planned = run_berth({"plan", "--trace", trace, "-o", plan});
  EXPECT_EQ(planned.status, 0) << planned.err;
}

TEST(Commands, AzureTracesWithDefaultsGiveACheckedPlan) {
  const fs::path folder = fs::path(BERTH_SHARED_DIR) / "data/azure";
  const fs::path code = folder / "AzureLLMInferenceTrace_code.csv";
  if (!fs::exists(code)) GTEST_SKIP() << "the Azure traces are not here";
  const TemporaryDirectory directory;
  const std::string plan = (directory.path() / "plan.json").string();
  const std::string traces_code = "code=" + code.string();
  const std::string traces_conv = "conv=" + (folder / "AzureLLMInferenceTrace_conv.csv").string();
  const Outcome planned =
      run_berth({"plan", "--trace", traces_code, "--trace", traces_conv, "-o", plan});
  ASSERT_EQ(planned.status, 0) << planned.err;
  const Outcome valid = run_berth({"check", plan, "--trace", traces_code, "--trace", traces_conv});
  EXPECT_EQ(valid.status, 0) << valid.out << valid.err;
}

TEST(Commands, PredictAddsUp) {
  const Outcome outcome = run_berth({"predict", "--model", "llama-3.1-70b", "--gpu", "h100-sxm",
                                     "--tp", "4", "--prompt", "1000", "--output-tokens", "200",
                                     "--batch", "16", "--output", "json"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const Json prediction = Json::parse(outcome.out);
  EXPECT_EQ(prediction["format"], "berth.prediction/1");
  for (const char* phase : {"prefill", "decode"}) {
    const Json& terms = prediction["terms"][phase];
    double sum = 0.0;
    for (const char* term :
         {"matrices", "experts", "attention", "head", "all_reduce", "hand_over", "fixed"}) {
      sum += terms[term].get<double>();
    }
    sum = std::max(sum, terms["floor"].get<double>());
    const double total =
        prediction[std::string(phase) == "prefill" ? "prefill" : "decode_step"].get<double>();
    EXPECT_NEAR(sum, total, 1e-12 + 1e-9 * total) << phase;
  }
}

/// A prediction for a mixture on four H100, as JSON.
Outcome predict_mixtral(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {
      "predict",  "--model", "mixtral-8x7b",    "--gpu", "h100-sxm", "--tp", "2",
      "--prompt", "1000",    "--output-tokens", "200",   "--output", "json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_berth(arguments);
}

TEST(Commands, PredictWithTheEnginesOwnLimit) {
  const Outcome outcome = predict_mixtral({"--max-num-seqs", "4", "--batch", "16"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const Json json = Json::parse(outcome.out);
  EXPECT_EQ(json["max_num_seqs"], 4);
  EXPECT_EQ(json["clients"], 16.0);
  EXPECT_EQ(json["batch"], 4.0);
  EXPECT_GT(json["wait"].get<double>(), 0.0);
  const Json usual = Json::parse(predict_mixtral({"--batch", "16"}).out);
  EXPECT_EQ(usual["max_num_seqs"], 256);
  EXPECT_FALSE(usual.contains("wait"));
}

TEST(Commands, PredictAtARate) {
  const Outcome outcome = predict_mixtral({"--rate", "60/m"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const Json slow = Json::parse(outcome.out);
  EXPECT_DOUBLE_EQ(slow["throughput"].get<double>(), 1.0);
  const double capacity = slow["capacity"].get<double>();
  EXPECT_GT(capacity, 1.0);
  const Json fast = Json::parse(predict_mixtral({"--rate", std::to_string(0.95 * capacity)}).out);
  EXPECT_GT(fast["wait"].get<double>(), slow["wait"].get<double>());
  EXPECT_GT(fast["e2e"].get<double>(), slow["e2e"].get<double>());
  const Outcome beyond = predict_mixtral({"--rate", std::to_string(1.5 * capacity)});
  EXPECT_EQ(beyond.status, 3) << beyond.err;
  EXPECT_NE(beyond.err.find("more than one replica sustains"), std::string::npos) << beyond.err;
  EXPECT_NE(beyond.err.find("2 replicas"), std::string::npos) << beyond.err;
}

TEST(Commands, PredictKnowsEnginesCachesAndCopiesOfTheAttention) {
  const auto tpot = [](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = more;
    arguments.insert(arguments.end(), {"--batch", "32"});
    const Outcome outcome = predict_mixtral(arguments);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return outcome.status == 0 ? Json::parse(outcome.out)["tpot"].get<double>() : 0.0;
  };
  const double plain = tpot({});
  EXPECT_EQ(tpot({"--engine", "vllm-0.12.0", "--kv-cache", "auto", "--dp", "1"}), plain);
  EXPECT_GT(tpot({"--engine", "vllm-2024"}), plain);
  EXPECT_LT(tpot({"--kv-cache", "fp8"}), plain);
  EXPECT_NE(tpot({"--dp", "2"}), plain);
}

TEST(Commands, CatalogInBothForms) {
  for (const char* kind : {"models", "gpus", "offers"}) {
    EXPECT_EQ(run_berth({"catalog", kind}).status, 0) << kind;
    const Outcome json = run_berth({"catalog", kind, "--output", "json"});
    EXPECT_EQ(json.status, 0) << kind;
    EXPECT_TRUE(Json::parse(json.out).is_object()) << kind;
  }
  EXPECT_EQ(run_berth({"catalog", "models", "llama-3.1-8b"}).status, 0);
  EXPECT_EQ(run_berth({"catalog", "gpus", "H100"}).status, 0) << "aliases resolve";
}

TEST(Commands, SchemaAndCompletionAreWellFormed) {
  for (const std::string kind : {"fleet", "deploy", "telemetry"}) {
    const Outcome schema = run_berth({"schema", kind});
    ASSERT_EQ(schema.status, 0);
    EXPECT_TRUE(Json::parse(schema.out).contains("$schema"));
    EXPECT_EQ(Json::parse(schema.out).at("$id"), kind + ".schema.json");
  }
  const TemporaryDirectory directory;
  const Outcome bash = run_berth({"completion", "bash"});
  ASSERT_EQ(bash.status, 0);
  const std::string script = directory.write(
      "berth.bash", bash.out +
                        "\nCOMP_WORDS=(berth wor); COMP_CWORD=1; _berth; echo \"${COMPREPLY[@]}\"\n"
                        "COMP_WORDS=(berth workload fit --cla); COMP_CWORD=3; _berth; echo "
                        "\"${COMPREPLY[@]}\"\n");
  const std::string command = "bash " + script + " > " + (directory.path() / "said").string();
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(file_text(directory.path() / "said"), "workload\n--classes\n");
  EXPECT_EQ(run_berth({"completion", "zsh"}).status, 0);
  EXPECT_EQ(run_berth({"completion", "fish"}).status, 0);
}

TEST(Commands, OutputThatCannotBeWrittenIsAnError) {
  const Outcome outcome = run_berth({"plan", fleet("demo.yaml"), "-o", "/proc/nowhere/plan.json"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.err.find("/proc/nowhere"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace berth::test
