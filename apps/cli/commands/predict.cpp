// berth predict: one deployment, one kind of request, every term of both phases.

#include "berth/perf/predict.h"

#include <memory>

#include <CLI/CLI.hpp>

#include "apps/cli/command.h"
#include "berth/catalog/catalog.h"
#include "berth/core/quantity.h"
#include "berth/core/text.h"
#include "berth/output/prediction.h"

namespace berth::cli {
namespace {

constexpr int kMostSequences = 65536;

struct PredictArguments {
  std::string model;
  std::string gpu;
  std::string precision;
  std::string engine = "vllm";
  std::string kv_cache = "auto";
  std::string tpot;
  std::string rate;
  std::string output = "table";
  std::vector<std::string> catalog;
  PredictionRequest request;
};

/// The model's own format: the first its catalog entry lists.
Result<Precision> choose_precision(const std::string& name, const ModelSpec& model) {
  if (name.empty()) return model.precisions.front();
  if (const std::optional<Precision> precision = precision_from(name)) return *precision;
  std::vector<std::string> known;
  for (const Precision precision : kPrecisions) known.emplace_back(to_string(precision));
  return Error{ErrorCode::kUnknownName, "unknown precision '" + name + "'", "--precision",
               suggest(name, known)};
}

void resolve_engine(PredictArguments& arguments, const Catalog& catalog, Errors& errors) {
  Deployment& deployment = arguments.request.deployment;
  deployment.engine = catalog.find_engine(arguments.engine, *deployment.gpu);
  if (deployment.engine != nullptr) return;
  errors.push_back(
      Error{ErrorCode::kUnknownName,
            "no coefficients for engine '" + arguments.engine + "' on " + deployment.gpu->name,
            "--engine", catalog.engine_suggestion(arguments.engine)});
}

void resolve_cache(PredictArguments& arguments, Errors& errors) {
  if (const auto format = cache_format_from(arguments.kv_cache)) {
    arguments.request.deployment.cache = *format;
    return;
  }
  errors.push_back(Error{ErrorCode::kUnknownName,
                         "unknown format of the cache '" + arguments.kv_cache + "'", "--kv-cache",
                         "one of: " + cache_format_words()});
}

/// --tpot and --rate.
void read_target(PredictArguments& arguments, Errors& errors) {
  if (!arguments.tpot.empty()) {
    Seconds tpot;
    const Status read = read_duration("--tpot", arguments.tpot, tpot);
    if (!read) errors.insert(errors.end(), read.errors().begin(), read.errors().end());
    arguments.request.tpot = tpot;
  }
  if (arguments.rate.empty()) return;
  const Result<double> rate = parse_rate(arguments.rate);
  if (!rate) {
    Error error = rate.errors().front();
    error.where = "--rate";
    errors.push_back(std::move(error));
  } else if (!(*rate > 0.0)) {
    // A request without a rate is a closed loop, so 0 must not reach it.
    errors.push_back(
        Error{ErrorCode::kOutOfRange, "must be greater than 0 requests/s", "--rate", {}});
  } else {
    arguments.request.rate = *rate;
  }
}

/// Resolves names, all errors at once; the request then points into `catalog`.
Errors resolve(PredictArguments& arguments, const Catalog& catalog) {
  Errors errors;
  const std::optional<ModelId> model = catalog.find_model(arguments.model);
  if (!model) {
    errors.push_back(Error{ErrorCode::kUnknownName, "unknown model '" + arguments.model + "'",
                           "--model", suggest(arguments.model, catalog.model_names())});
  }
  const std::optional<GpuId> gpu = catalog.find_gpu(arguments.gpu);
  if (!gpu) {
    errors.push_back(Error{ErrorCode::kUnknownName, "unknown GPU '" + arguments.gpu + "'", "--gpu",
                           suggest(arguments.gpu, catalog.gpu_names())});
  }
  read_target(arguments, errors);
  if (model) {
    const Result<Precision> precision =
        choose_precision(arguments.precision, catalog.model(*model));
    if (!precision) errors.push_back(precision.errors().front());
    if (precision) arguments.request.deployment.precision = *precision;
    arguments.request.deployment.model = &catalog.model(*model);
  }
  if (gpu) {
    arguments.request.deployment.gpu = &catalog.gpu(*gpu);
    resolve_engine(arguments, catalog, errors);
  }
  resolve_cache(arguments, errors);
  return errors;
}

int run_predict(PredictArguments& arguments, Session& session) {
  const Console& console = session.console;
  std::vector<std::string> entries = {"builtin"};
  entries.insert(entries.end(), arguments.catalog.begin(), arguments.catalog.end());
  const Result<Catalog> catalog = load_catalog(entries, "");
  if (!catalog) return console.fail(catalog.errors());
  if (const Errors errors = resolve(arguments, *catalog); !errors.empty())
    return console.fail(errors);

  const Result<Prediction> prediction = predict(arguments.request);
  if (!prediction) return console.fail(prediction.errors());
  const std::string text = arguments.output == "json" ? to_json(arguments.request, *prediction)
                                                      : to_table(arguments.request, *prediction);
  return deliver(session, "", text, "the prediction");
}

void add_request_options(CLI::App& command, PredictArguments& arguments) {
  PredictionRequest& request = arguments.request;
  command.add_option("--prompt", request.prompt_tokens, "prompt tokens of a request")
      ->required()
      ->check(CLI::Range(1.0, 1e8));
  command.add_option("--output-tokens", request.output_tokens, "output tokens of a request")
      ->required()
      ->check(CLI::Range(1.0, 1e8));
  command
      .add_option("--prefix-reuse", request.prefix_reuse,
                  "share of the prompt found in the prefix cache")
      ->check(CLI::Range(0.0, 1.0));
  CLI::Option* batch =
      command.add_option("--batch", request.batch, "concurrent requests; default: as many as fit")
          ->check(CLI::Range(1.0, 1e6));
  command
      .add_option("--tpot", arguments.tpot,
                  "the largest batch that keeps this time per output token, e.g. 50ms")
      ->excludes(batch);
  command
      .add_option("--rate", arguments.rate,
                  "requests that arrive on their own, e.g. 2/s, instead of a closed loop")
      ->excludes(batch);
}

}  // namespace

void add_predict(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<PredictArguments>();
  Deployment& deployment = arguments->request.deployment;
  CLI::App* command = app.add_subcommand(
      "predict", "Predict latency and throughput of a model on a GPU, term by term");
  command->add_option("--model", arguments->model, "model, by name or alias")->required();
  command->add_option("--gpu", arguments->gpu, "GPU, by name or alias")->required();
  command->add_option("--tp", deployment.tensor_parallel, "tensor-parallel degree")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command
      ->add_option("--dp", deployment.data_parallel,
                   "copies of the attention, over which a mixture's experts are spread")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_option("--pp", deployment.pipeline_parallel, "pipeline depth")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_option("--precision", arguments->precision,
                      "weights: bf16, fp8, int8, int4 or fp4; default: the model's own");
  command->add_option("--engine", arguments->engine, "serving engine, by its name in the catalog")
      ->capture_default_str();
  command->add_option("--kv-cache", arguments->kv_cache, "key-value cache: bf16 or fp8 (8 bit)")
      ->capture_default_str();
  command
      ->add_option("--max-num-seqs", deployment.max_num_seqs,
                   "the engine's own limit on requests that run at once")
      ->check(CLI::Range(1, kMostSequences))
      ->capture_default_str();
  add_request_options(*command, *arguments);
  command
      ->add_option("--catalog", arguments->catalog,
                   "a catalog file of your own on top of the built-in one (repeatable)")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--output", arguments->output, "what to print")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  command->callback([arguments, &session] {
    session.run = [arguments, &session] { return run_predict(*arguments, session); };
  });
}

}  // namespace berth::cli
