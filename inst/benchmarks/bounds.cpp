// Rivals and bounds without the package: `bounds sort KEYS` radix-sorts as
// many random 64-bit keys with their 32-bit numbers as a Hamming-1 join has to
// bring together; `bounds faiss QUERIES N CENTROIDS K` searches the nearest
// centroid of each query with IndexFlatL2. Both print seconds.
#include <faiss/IndexFlat.h>
#include <omp.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#ifdef CLUSTCR_FAISS_OLD_IDX
using Id = faiss::Index::idx_t;
#else
using Id = faiss::idx_t;
#endif

double now() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

struct Item {
  std::uint64_t key;
  std::uint32_t number;
};

double sort_seconds(std::size_t n) {
  std::vector<Item> a(n), b(n);
  std::uint64_t state = 1;
  for (std::size_t i = 0; i < n; ++i) {
    state += 0x9e3779b97f4a7c15;
    std::uint64_t z = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
    a[i] = {z ^ (z >> 27), static_cast<std::uint32_t>(i)};
  }
  const double begin = now();
  for (int shift = 0; shift < 64; shift += 8) {
    std::size_t at[257] = {};
    for (const Item& item : a) ++at[((item.key >> shift) & 255) + 1];
    for (int d = 0; d < 256; ++d) at[d + 1] += at[d];
    for (const Item& item : a) b[at[(item.key >> shift) & 255]++] = item;
    a.swap(b);
  }
  return now() - begin;
}

std::vector<float> read_floats(const char* file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  std::vector<float> x(static_cast<std::size_t>(in.tellg()) / sizeof(float));
  in.seekg(0);
  in.read(reinterpret_cast<char*>(x.data()), x.size() * sizeof(float));
  return x;
}

double faiss_seconds(char** argv) {
  omp_set_num_threads(1);
  const std::vector<float> queries = read_floats(argv[0]);
  const std::vector<float> centroids = read_floats(argv[2]);
  const std::size_t n = std::strtoull(argv[1], nullptr, 10);
  const std::size_t k = std::strtoull(argv[3], nullptr, 10);
  faiss::IndexFlatL2 index(static_cast<int>(centroids.size() / k));
  index.add(static_cast<Id>(k), centroids.data());
  std::vector<float> distances(n);
  std::vector<Id> labels(n);
  const double begin = now();
  index.search(static_cast<Id>(n), queries.data(), 1, distances.data(),
               labels.data());
  return now() - begin;
}

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "sort" && argc == 3)
    std::printf("%.6f\n", sort_seconds(std::strtoull(argv[2], nullptr, 10)));
  else if (what == "faiss" && argc == 6)
    std::printf("%.6f\n", faiss_seconds(argv + 2));
  else
    return 2;
}
