#include "apps/cli/prometheus_input.h"

#include <chrono>
#include <cstdlib>

#include <CLI/CLI.hpp>

#include "apps/cli/command.h"
#include "berth/core/text.h"
#include "berth/workload/reading/timestamp.h"

namespace berth::cli {
namespace {

constexpr double kNanosecondsPerSecond = 1e9;

/// The library knows no flags.
Errors told_at_flags(Errors errors) {
  for (Error& error : errors) {
    if (error.where.empty()) error.where = "--prometheus";
  }
  return errors;
}

}  // namespace

CLI::Option* add_prometheus_options(CLI::App& command, PrometheusInput& input) {
  CLI::Option* url =
      command.add_option("--prometheus", input.url,
                         "read metrics of the Prometheus at URL, http[s]://HOST[:PORT][/PREFIX]");
  const auto with_url = [url](CLI::Option* option) { option->needs(url); };
  with_url(command.add_option(
      "--bearer-token-file", input.token_file,
      std::string("file with a bearer token (default: the token in ") + kTokenVariable + ")"));
  with_url(command.add_option("--ca", input.ca_file,
                              "CA certificates (PEM) to trust instead of "
                              "the system's"));
  with_url(command.add_flag("--insecure-skip-verify", input.insecure,
                            "take any certificate for an https URL"));
  with_url(command.add_option("--timeout", input.timeout, "of one request (default 30s)"));
  with_url(command
               .add_option("--header", input.headers,
                           "sent with every request, e.g. 'X-Scope-OrgID: team' (repeatable)")
               ->expected(1)
               ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll));
  with_url(command
               .add_option("--pack", input.pack,
                           "whose metrics: vllm (the default), llm-d, "
                           "dynamo, custom")
               ->check(CLI::IsMember(metric_pack_names())));
  with_url(command.add_option("--telemetry", input.telemetry,
                              "file (berth.telemetry/1) that maps labels to classes"));
  return url;
}

Result<Prometheus> open_prometheus(const PrometheusInput& input) {
  PrometheusOptions options;
  options.url = input.url;
  options.token_file = input.token_file;
  options.ca_file = input.ca_file;
  options.verify_tls = !input.insecure;
  Errors errors;
  if (Status read = read_duration("--timeout", input.timeout, options.timeout); !read) {
    errors = read.errors();
  }
  if (input.token_file.empty()) {
    const char* token = std::getenv(kTokenVariable);  // NOLINT(concurrency-mt-unsafe): one thread
    if (token != nullptr) options.token = trim(token);
  }
  for (const std::string& header : input.headers) {
    const std::size_t colon = header.find(':');
    if (colon == std::string::npos || trim(std::string_view(header).substr(0, colon)).empty()) {
      errors.push_back({ErrorCode::kUsage, "'" + header + "' is not a header", "--header",
                        "write 'Name: value'"});
      continue;
    }
    options.headers.emplace_back(trim(std::string_view(header).substr(0, colon)),
                                 trim(std::string_view(header).substr(colon + 1)));
  }
  Result<Prometheus> prometheus = Prometheus::open(std::move(options));
  if (!prometheus) {
    const Errors more = told_at_flags(prometheus.errors());
    errors.insert(errors.end(), more.begin(), more.end());
  }
  if (!errors.empty()) return errors;
  return prometheus;
}

Result<TelemetryMapping> load_mapping(const PrometheusInput& input, const std::string& fleet) {
  if (!input.telemetry.empty() && !fleet.empty()) {
    return Error{ErrorCode::kUsage, "--telemetry and a fleet both map labels to classes",
                 "--telemetry", "leave one of them out"};
  }
  const std::optional<std::string> pack =
      input.pack.empty() ? std::nullopt : std::optional<std::string>(input.pack);
  const std::string& file = input.telemetry.empty() ? fleet : input.telemetry;
  if (!file.empty()) return read_telemetry(file, pack);
  return default_mapping(pack ? std::string_view(*pack) : kDefaultMetricPack);
}

double clock_time() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

Result<double> read_time(const std::string& flag, const std::string& text) {
  if (text == "now") return clock_time();
  if (const auto seconds = parse_number(text); seconds && *seconds >= 0) return *seconds;
  if (const auto time = parse_iso_time(text)) {
    return static_cast<double>(*time) / kNanosecondsPerSecond;
  }
  return Error{ErrorCode::kUsage, "'" + text + "' is not a time", flag,
               "expected now, 2026-01-05T12:00:00Z or seconds since 1970"};
}

}  // namespace berth::cli
