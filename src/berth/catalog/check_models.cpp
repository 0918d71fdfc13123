#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "berth/catalog/draft.h"
#include "berth/catalog/name_clashes.h"

namespace berth::catalog_draft {
namespace {

/// Collects errors of one model; a value that was not read (0) is not checked against others.
class ModelCheck {
 public:
  ModelCheck(const ModelDraft& entry, Errors& errors) : entry_(&entry), errors_(&errors) {}

  void run() {
    check_heads();
    check_parameters();
    check_experts();
    check_latent();
    check_attended_layers();
    check_kv_bytes();
    check_quality();
  }

 private:
  [[nodiscard]] const ModelSpec& model() const { return entry_->model; }

  void fail(std::string_view key, std::string message, std::string suggestion = {}) {
    errors_->push_back({ErrorCode::kInconsistent, std::move(message), entry_->places.of(key),
                        std::move(suggestion)});
  }

  void check_heads() {
    const int heads = model().heads;
    const int kv_heads = model().kv_heads;
    if (heads < 1 || kv_heads < 1) return;
    if (heads % kv_heads != 0) {
      fail("kv_heads", fmt::format("kv_heads {} does not divide heads {}", kv_heads, heads));
    } else if (model().attention == AttentionKind::kMha && kv_heads != heads) {
      fail("kv_heads",
           fmt::format("multi-head attention has as many kv_heads as heads ({}), not {}", heads,
                       kv_heads),
           "did you mean 'attention: gqa'?");
    } else if (model().attention == AttentionKind::kMla && kv_heads != 1) {
      fail(
          "kv_heads",
          fmt::format("multi-head latent attention has one latent (kv_heads 1), not {}", kv_heads));
    }
    // Published models lie between 0.7 (Gemma 3) and 2.9 (DeepSeek-V3).
    constexpr double kLeastRatio = 0.25;
    constexpr double kMostRatio = 4.0;
    const double ratio =
        static_cast<double>(heads) * model().head_dim / std::max(1, model().hidden);
    if (model().head_dim > 0 && model().hidden > 0 && (ratio < kLeastRatio || ratio > kMostRatio)) {
      fail("head_dim",
           fmt::format("heads * head_dim = {} is implausible for hidden {}",
                       static_cast<long long>(heads) * model().head_dim, model().hidden));
    }
  }

  void check_parameters() {
    const double total = model().parameters;
    const double active = model().active_parameters;
    if (total <= 0.0) return;
    if (model().experts && !entry_->places.has("active_parameters")) {
      errors_->push_back({ErrorCode::kMissing,
                          "a mixture of experts needs 'active_parameters'",
                          entry_->places.entry(),
                          {}});
      return;
    }
    if (active > total) {
      fail("active_parameters",
           fmt::format("active_parameters {:.4g} is more than parameters {:.4g}", active, total));
    } else if (!model().experts && active < total) {
      fail("active_parameters", "a dense model uses all its parameters",
           "add 'experts' or leave 'active_parameters' out");
    }
    // The query and output projections alone (not MLA, which factors them).
    const double projections = 2.0 * model().layers * model().hidden * model().heads *
                               static_cast<double>(model().head_dim);
    if (model().attention != AttentionKind::kMla && projections > total) {
      fail("parameters",
           fmt::format("parameters {:.4g} is less than the attention projections of this "
                       "shape alone ({:.4g})",
                       total, projections),
           "parameters are counted singly: 8e9, not 8");
    }
  }

  void check_experts() {
    if (!model().experts) return;
    const MixtureOfExperts& experts = *model().experts;
    if (model().layers > 0 && experts.layers > model().layers) {
      fail("experts",
           fmt::format("{} layers with experts of only {}", experts.layers, model().layers),
           "leave 'layers' out where every layer has experts");
    }
    if (experts.experts < 1 || experts.active < 1 || model().parameters <= 0.0) return;
    if (experts.active > experts.experts) {
      fail("experts", fmt::format("{} active experts of only {}", experts.active, experts.experts));
      return;
    }
    if (experts.expert_parameters > model().parameters) {
      fail("experts", fmt::format("expert parameters {:.4g} are more than all parameters {:.4g}",
                                  experts.expert_parameters, model().parameters));
      return;
    }
    const double touched = experts.expert_parameters * experts.active / experts.experts;
    if (model().active_parameters > 0.0 && touched > model().active_parameters) {
      fail(
          "experts",
          fmt::format("{} of {} experts have {:.4g} parameters, more than active_parameters {:.4g}",
                      experts.active, experts.experts, touched, model().active_parameters));
    }
  }

  void check_latent() {
    const bool needed = model().attention == AttentionKind::kMla;
    if (needed && !entry_->places.has("latent")) {
      errors_->push_back({ErrorCode::kMissing,
                          "latent attention needs 'latent': what the cache holds of a token",
                          entry_->places.entry(),
                          "add 'latent: {values: 512, position: 64}' with the widths of the model "
                          "(kv_lora_rank and qk_rope_head_dim of its configuration)"});
    } else if (!needed && model().latent) {
      fail("latent", "only multi-head latent attention has a 'latent'",
           "did you mean 'attention: mla'?");
    }
  }

  /// Layers are local (window), linear, or see every token; no layer is two of these.
  void check_attended_layers() {
    constexpr double kRounding = 1e-3;
    const double local = model().window ? model().window->layer_share : 0.0;
    const double linear = model().linear_layer_share;
    if (linear > 0.0 && local + linear > 1.0 + kRounding) {
      fail("linear_layer_share",
           fmt::format("linear_layer_share {:.4g} and the window's layer_share {:.4g} are more "
                       "than all layers",
                       linear, local),
           "both are shares of all layers");
    }
    const int picked = model().sparse_attention_tokens;
    if (picked > 0 && model().max_context > 0 && picked >= model().max_context) {
      fail("sparse_attention",
           fmt::format("sparse_attention picks {} tokens, but max_context has only {}", picked,
                       model().max_context),
           "leave it out where attention looks at all tokens");
    }
  }

  void check_kv_bytes() {
    check_latent_bytes();
    // MLA keeps less than full heads would; the others at most 4 L n_kv d_h.
    const int kv_heads =
        model().attention == AttentionKind::kMla ? model().heads : model().kv_heads;
    const double most = 4.0 * model().layers * kv_heads * static_cast<double>(model().head_dim);
    if (most > 0.0 && model().kv_bytes_per_token > most) {
      fail("kv_bytes_per_token",
           fmt::format("kv_bytes_per_token {:.0f} is more than all layers can hold ({:.0f})",
                       model().kv_bytes_per_token, most));
    }
  }

  /// More than the latent is possible: an index over the tokens has keys of its own.
  void check_latent_bytes() {
    if (model().attention != AttentionKind::kMla || !model().latent) return;
    const double layers = std::round(model().layers * (1.0 - model().linear_layer_share));
    const int width = model().latent->values + model().latent->position;
    if (model().kv_bytes_per_token < 2.0 * layers * width) {
      fail("kv_bytes_per_token",
           fmt::format("kv_bytes_per_token {:.0f} is less than the latent needs: 2 * {:.0f} layers "
                       "* {} = {:.0f}",
                       model().kv_bytes_per_token, layers, width, 2.0 * layers * width),
           "leave it out: it follows from 'latent'");
    }
  }

  void check_quality() {
    if (entry_->places.has("precisions") && model().precisions.empty()) {
      fail("precisions", "a model needs at least one precision");
    }
    if (entry_->places.has("quality") && model().quality.find("general") == model().quality.end()) {
      errors_->push_back({ErrorCode::kMissing,
                          fmt::format("model '{}' has no 'general' score", model().name),
                          entry_->places.of("quality"),
                          "every model needs 'general'; docs/catalog.md says how to derive it"});
    }
  }

  const ModelDraft* entry_;
  Errors* errors_;
};

}  // namespace

void check_models(const CatalogDraft& draft, Errors& errors) {
  std::vector<Naming> names;
  names.reserve(draft.models.size());
  for (const ModelDraft& entry : draft.models) {
    names.push_back({&entry.model.name, &entry.model.aliases, &entry.places});
  }
  check_name_clashes(names, "model", errors);
  for (const ModelDraft& entry : draft.models) ModelCheck(entry, errors).run();
}

}  // namespace berth::catalog_draft
