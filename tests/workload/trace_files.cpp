#include "tests/workload/trace_files.h"

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

namespace berth::test {
namespace {

void append(std::vector<std::uint32_t>& to, const std::vector<std::uint32_t>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  static std::atomic<int> counter{0};
  path_ = std::filesystem::temp_directory_path() /
          ("berth-workload-" + std::to_string(::getpid()) + "-" + std::to_string(counter++));
  std::filesystem::create_directories(path_);
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path TemporaryDirectory::write(std::string_view name,
                                                std::string_view content) const {
  std::filesystem::path path = path_ / name;
  // Some file systems flush a file that is truncated and written anew; a fresh one is quicker.
  std::filesystem::remove(path);
  std::ofstream file(path, std::ios::binary);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  if (!file) throw std::runtime_error("cannot write " + path.string());
  return path;
}

std::string gzip(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib");
  }
  std::string input(text);
  std::string packed(deflateBound(&stream, static_cast<uLong>(text.size())) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int status = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (status != Z_STREAM_END) throw std::runtime_error("zlib");
  return packed;
}

std::string zstd(std::string_view text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  return packed;
}

WholeTrace read_whole(const std::filesystem::path& path, const TraceOptions& options) {
  WholeTrace whole;
  Result<std::unique_ptr<TraceReader>> reader = open_trace(path, options);
  if (!reader) {
    whole.errors = reader.errors();
    return whole;
  }
  TraceBlock block;
  while (true) {
    const Result<bool> more = (*reader)->read_block(block);
    if (!more) whole.errors = more.errors();
    if (!more || !*more) break;
    whole.rows.time_s.insert(whole.rows.time_s.end(), block.time_s.begin(), block.time_s.end());
    append(whole.rows.prompt, block.prompt);
    append(whole.rows.output, block.output);
    append(whole.rows.reused, block.reused);
    append(whole.rows.images, block.images);
    append(whole.rows.label, block.label);
  }
  whole.format = (*reader)->format();
  whole.compression = (*reader)->compression();
  whole.counts = (*reader)->counts();
  whole.labels.assign((*reader)->labels().begin(), (*reader)->labels().end());
  whole.origin_ns = (*reader)->origin_ns().value_or(-1);
  return whole;
}

std::string describe(const Errors& errors) {
  std::string text;
  for (const Error& error : errors) {
    text += std::string(to_string(error.code)) + "|" + to_string(error) + "\n";
  }
  return text;
}

}  // namespace berth::test
