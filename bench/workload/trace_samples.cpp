#include "bench/workload/trace_samples.h"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include "berth/core/random.h"

namespace berth::bench {
namespace {

constexpr std::size_t kBytes = std::size_t{32} << 20;
constexpr std::time_t kStart = 1'700'000'000;  // 2023-11-14

class Samples {
 public:
  Samples()
      : folder_(std::filesystem::temp_directory_path() /
                fmt::format("berth-bench-{}", ::getpid())) {
    std::filesystem::create_directories(folder_);
  }
  ~Samples() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Samples(const Samples&) = delete;
  Samples& operator=(const Samples&) = delete;

  const std::filesystem::path& file(Sample sample, Packing packing);

 private:
  std::filesystem::path folder_;
  std::map<std::pair<Sample, Packing>, std::filesystem::path> files_;
};

/// One request as a line of the format.
void append_request(std::string& text, Sample sample, double time_s, Random& random) {
  const auto prompt = static_cast<int>(std::exp(6.5 + random.normal()));
  const auto output = static_cast<int>(std::exp(5.0 + random.normal()));
  const auto whole = static_cast<std::time_t>(time_s);
  const auto micros = static_cast<int>((time_s - static_cast<double>(whole)) * 1e6);
  const auto out = std::back_inserter(text);
  const std::string clock =
      fmt::format("{:%Y-%m-%d %H:%M:%S}.{:06d}", fmt::gmtime(kStart + whole), micros);
  switch (sample) {
    case Sample::kAzure: fmt::format_to(out, "{}0,{},{}\n", clock, prompt, output); return;
    case Sample::kAzureOffset:
      fmt::format_to(out, "{}+00:00,{},{}\n", clock, prompt, output);
      return;
    case Sample::kAzureQuoted:
      fmt::format_to(out, "\"{}0\",\"{}\",\"{}\"\n", clock, prompt, output);
      return;
    case Sample::kBurstGpt:
      fmt::format_to(out, "{},ChatGPT,{},{},{},Conversation log\n", whole, prompt, output,
                     prompt + output);
      return;
    case Sample::kGeneric:
      fmt::format_to(out, "{:.6f},class-{},{},{}\n", time_s, random.below(4), prompt, output);
      return;
    case Sample::kJsonLines:
      fmt::format_to(out, "{{\"timestamp\": {:.6f}, \"prompt\": {}, \"output\": {}}}\n", time_s,
                     prompt, output);
      return;
    case Sample::kMooncake: break;
  }
  fmt::format_to(
      out, "{{\"timestamp\": {}, \"input_length\": {}, \"output_length\": {}, \"hash_ids\": [0",
      static_cast<long>(time_s * 1e3), prompt * 8, output);
  for (int block = 1; block <= prompt * 8 / 512; ++block) {
    fmt::format_to(out, ", {}", block < 8 ? random.below(100) : random.below(1'000'000));
  }
  text += "]}\n";
}

std::string header_of(Sample sample) {
  switch (sample) {
    case Sample::kAzure:
    case Sample::kAzureOffset:
    case Sample::kAzureQuoted: return "TIMESTAMP,ContextTokens,GeneratedTokens\n";
    case Sample::kBurstGpt:
      return "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n";
    case Sample::kGeneric: return "timestamp,class,prompt,output\n";
    case Sample::kMooncake:
    case Sample::kJsonLines: break;
  }
  return {};
}

std::string text_of(Sample sample) {
  Random random(1);
  std::string text = header_of(sample);
  text.reserve(kBytes + 65536);
  double time = 0.0;
  while (text.size() < kBytes)
    append_request(text, sample, time += random.exponential() / 20.0, random);
  return text;
}

std::string gzip(std::string text) {
  z_stream stream{};
  std::string packed;
  if (deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK) {
    packed.resize(deflateBound(&stream, static_cast<uLong>(text.size())) + 64);
    stream.next_in = reinterpret_cast<Bytef*>(text.data());
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
  }
  return packed;
}

std::string zstd(const std::string& text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  return packed;
}

const std::filesystem::path& Samples::file(Sample sample, Packing packing) {
  std::filesystem::path& path = files_[{sample, packing}];
  if (!path.empty()) return path;
  std::string content = text_of(sample);
  if (packing == Packing::kGzip) content = gzip(std::move(content));
  if (packing == Packing::kZstd) content = zstd(content);
  path = folder_ / std::to_string(files_.size());
  std::ofstream out(path, std::ios::binary);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  out.close();
  if (!out) {
    std::cerr << "cannot write " << path << "\n";
    std::exit(70);
  }
  return path;
}

}  // namespace

const std::filesystem::path& sample_file(Sample sample, Packing packing) {
  static Samples samples;
  return samples.file(sample, packing);
}

}  // namespace berth::bench
