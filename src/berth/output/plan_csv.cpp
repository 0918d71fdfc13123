#include "berth/output/plan_csv.h"

#include <initializer_list>
#include <optional>
#include <string_view>
#include <variant>

#include "berth/core/text.h"

namespace berth {
namespace {

/// A name in a spreadsheet must not become a formula.
std::string csv_cell(std::string_view text) {
  const bool formula =
      !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
  std::string out = formula ? "'" : "";
  out += text;
  if (out.find_first_of(",\"\n\r") == std::string::npos) return out;
  std::string quoted = "\"";
  for (const char c : out) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string csv_cell(double value) { return shortest(value); }
std::string csv_cell(int value) { return std::to_string(value); }
std::string csv_cell(const std::optional<Seconds>& value) {
  return value ? shortest(value->value) : "";
}

template <class... Cells>
std::string csv_row(const Cells&... cells) {
  std::string line;
  ((line += csv_cell(cells) + ","), ...);
  line.pop_back();
  return line + "\r\n";
}

}  // namespace

std::string deployments_csv(const Plan& plan) {
  std::string text =
      "name,model,precision,pool,gpu,tp,pp,replicas,gpus,max_num_seqs,max_model_len,utilization,"
      "ttft_s,tpot_s,cost_usd_per_hour\r\n";
  for (const PlanDeployment& d : plan.deployments) {
    text += csv_row(d.name, d.model, d.precision, d.pool, d.gpu, d.tensor_parallel,
                    d.pipeline_parallel, d.replicas, d.gpus, d.max_num_seqs, d.max_model_len,
                    d.utilization, d.ttft_s, d.tpot_s, d.cost.usd());
  }
  return text;
}

std::string routes_csv(const Plan& plan) {
  std::string text = "class,deployment,share,ttft_s,tpot_s,e2e_s,error\r\n";
  for (const PlanRoute& r : plan.routes) {
    text += csv_row(r.query_class, r.deployment, r.share, r.ttft_s, r.tpot_s, r.e2e_s, r.error);
  }
  return text;
}

std::string classes_csv(const Plan& plan) {
  std::string text =
      "name,rate_per_s,unmet,ttft_s,tpot_s,e2e_s,error,slo_ttft_s,slo_tpot_s,slo_e2e_s,"
      "percentile,max_error,slo_met\r\n";
  for (const PlanClass& c : plan.classes) {
    text += csv_row(c.name, c.rate, c.unmet, c.ttft_s, c.tpot_s, c.e2e_s, c.error, c.slo.ttft,
                    c.slo.tpot, c.slo.e2e, c.slo.percentile, c.max_error,
                    std::string_view(c.slo_met ? "true" : "false"));
  }
  return text;
}

}  // namespace berth
