#pragma once
// A model's shape, as far as its speed, memory and quality depend on it. Symbols:
// docs/formulation.md.

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth {

/// Format of the weights. Compute runs at the matching peak where the GPU has one, else at bf16
/// (int4 weights are always computed in bf16: "w4a16").
enum class Precision { kBf16, kFp8, kInt8, kInt4, kFp4 };
inline constexpr std::array kPrecisions = {Precision::kBf16, Precision::kFp8, Precision::kInt8,
                                           Precision::kInt4, Precision::kFp4};

[[nodiscard]] std::string_view to_string(Precision precision);  ///< "bf16", "fp8", ...
[[nodiscard]] std::optional<Precision> precision_from(
    std::string_view name);  ///< "fp16" reads as bf16
[[nodiscard]] double bytes_per_parameter(
    Precision precision);  ///< 2, 1, 1, 0.5 + scales, 0.5 + scales

/// Format of the key-value cache.
enum class CacheFormat { k16Bit, k8Bit };
[[nodiscard]] std::string_view to_string(CacheFormat format);  ///< "bf16", "fp8"
/// "auto" and "fp16" read as 16 bit.
[[nodiscard]] std::optional<CacheFormat> cache_format_from(std::string_view name);
[[nodiscard]] std::string cache_format_words();  ///< all that it reads: "auto, bf16, ..."

enum class AttentionKind { kMha, kGqa, kMla };

/// Where a fact comes from. Every number of the catalog carries one.
struct Source {
  std::string text;
  std::string date;       ///< ISO, when it was read
  bool verified = false;  ///< false: recalled or second-hand, shown as such
};

struct MixtureOfExperts {
  int experts = 0;                 ///< E
  int active = 0;                  ///< e
  double expert_parameters = 0.0;  ///< parameters of all routed experts together
  int layers = 0;                  ///< L_moe, layers that have experts; the others are dense
};

/// Multi-head latent attention: what the cache holds of a token in each layer.
struct Latent {
  int values = 0;    ///< width of the compressed keys and values, which decode also sums up
  int position = 0;  ///< width of the shared key that carries the position
};

struct SlidingWindow {
  int tokens = 0;            ///< window of the local layers
  double layer_share = 0.0;  ///< share of the layers that are local, 0..1
};

struct ModelSpec {
  std::string name;                  ///< canonical, short: "llama-3.1-8b"
  std::vector<std::string> aliases;  ///< "meta-llama/Llama-3.1-8B-Instruct", ...
  std::string family;
  double parameters = 0.0;         ///< P
  double active_parameters = 0.0;  ///< A; = P for dense models
  int layers = 0;                  ///< L
  int hidden = 0;                  ///< H
  int heads = 0;                   ///< n_h
  int kv_heads = 0;                ///< n_kv (MLA: 1, the latent is not split by tensor parallelism)
  int head_dim = 0;                ///< d_h (MLA: mean of the query-key and the value head size)
  int vocabulary = 0;
  int max_context = 0;  ///< tokens
  AttentionKind attention = AttentionKind::kGqa;
  double kv_bytes_per_token = 0.0;  ///< kappa at 16 bit, all layers, one copy
  std::optional<MixtureOfExperts> experts;
  std::optional<SlidingWindow> window;
  std::optional<Latent> latent;  ///< of MLA
  bool tied_embeddings = false;  ///< the output head is the embedding table
  bool qk_norm = false;          ///< queries and keys are normalised in every layer
  double linear_layer_share =
      0.0;  ///< share of the layers whose attention keeps a fixed-size state
  int sparse_attention_tokens =
      0;  ///< tokens that an index picks for each new one in every layer; 0 = it looks at all
  std::vector<Precision>
      precisions;  ///< published or customary weight formats, the native one first
  std::map<std::string, double>
      quality;  ///< task -> score 0..1 ("general", "chat", "code", "math", ...)
  Source shape_source;
  Source quality_source;
  std::map<std::string, Source>
      quality_sources;  ///< tasks whose score has a source of its own (derived, measured)
  std::string note;

  /// Where the score of `task` comes from.
  [[nodiscard]] const Source& source_of(const std::string& task) const {
    const auto own = quality_sources.find(task);
    return own == quality_sources.end() ? quality_source : own->second;
  }

  [[nodiscard]] bool is_moe() const { return experts.has_value(); }
};

}  // namespace berth
