#include <array>
#include <string>
#include <utility>

#include "berth/catalog/model_spec.h"
#include "berth/catalog/offer.h"
#include "berth/core/text.h"

namespace berth {
namespace {

constexpr std::array kCacheWords = {
    std::pair("auto", CacheFormat::k16Bit),    std::pair("bf16", CacheFormat::k16Bit),
    std::pair("fp16", CacheFormat::k16Bit),    std::pair("fp8", CacheFormat::k8Bit),
    std::pair("fp8_e4m3", CacheFormat::k8Bit), std::pair("fp8_e5m2", CacheFormat::k8Bit),
    std::pair("int8", CacheFormat::k8Bit)};

}  // namespace

std::string_view to_string(Precision precision) {
  switch (precision) {
    case Precision::kBf16: return "bf16";
    case Precision::kFp8: return "fp8";
    case Precision::kInt8: return "int8";
    case Precision::kInt4: return "int4";
    case Precision::kFp4: return "fp4";
  }
  return "";
}

std::optional<Precision> precision_from(std::string_view name) {
  const std::string lower = to_lower(name);
  for (const Precision precision : kPrecisions) {
    if (lower == to_string(precision)) return precision;
  }
  // Spellings of engines and model hubs.
  if (lower == "fp16" || lower == "float16" || lower == "bfloat16") return Precision::kBf16;
  if (lower == "fp8_e4m3") return Precision::kFp8;
  if (lower == "w8a8") return Precision::kInt8;
  if (lower == "w4a16" || lower == "awq" || lower == "gptq") return Precision::kInt4;
  if (lower == "nvfp4" || lower == "mxfp4") return Precision::kFp4;
  return std::nullopt;
}

std::string_view to_string(CacheFormat format) {
  return format == CacheFormat::k8Bit ? "fp8" : "bf16";
}

std::optional<CacheFormat> cache_format_from(std::string_view name) {
  const std::string lower = to_lower(name);
  for (const auto& [word, format] : kCacheWords) {
    if (lower == word) return format;
  }
  return std::nullopt;
}

std::string cache_format_words() {
  std::string words;
  for (const auto& [word, format] : kCacheWords) {
    if (!words.empty()) words += ", ";
    words += word;
  }
  return words;
}

double bytes_per_parameter(Precision precision) {
  // A group of 128 int4 weights carries a 16-bit scale and a 4-bit zero point (AWQ, GPTQ).
  constexpr double kInt4Bytes = 0.5 + (2.0 + 0.5) / 128.0;
  // A block of 16 fp4 weights carries an 8-bit scale (NVFP4; MXFP4 has one per 32, but keeps
  // attention and embeddings in 16 bit and so ends at about the same mean).
  constexpr double kFp4Bytes = 0.5 + 1.0 / 16.0;
  switch (precision) {
    case Precision::kBf16: return 2.0;
    case Precision::kFp8:
    case Precision::kInt8: return 1.0;
    case Precision::kInt4: return kInt4Bytes;
    case Precision::kFp4: return kFp4Bytes;
  }
  return 0.0;
}

std::string_view to_string(OfferTerm term) {
  switch (term) {
    case OfferTerm::kOnDemand: return "on-demand";
    case OfferTerm::kReserved: return "reserved";
    case OfferTerm::kSpot: return "spot";
  }
  return "";
}

}  // namespace berth
